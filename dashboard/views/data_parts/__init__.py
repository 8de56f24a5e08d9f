"""Parts of the Data page; enters what it alone shows."""
