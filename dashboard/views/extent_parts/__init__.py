"""Parts of the Extent page; enters what it alone shows."""
