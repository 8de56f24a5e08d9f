"""How often the words of a condition are wrong, on seas whose truth is known."""
