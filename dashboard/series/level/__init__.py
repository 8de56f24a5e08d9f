"""Several records of one level: on one zero, beside each other, their swings; enters what only levels
have."""
