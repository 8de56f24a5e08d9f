"""Passages on a page: their rows, and one opened; enters what shows the register."""
