"""Series made of series when they are opened; enters a formula whose inputs are stored."""
