"""Parts of the Level page; enters what it alone shows."""
