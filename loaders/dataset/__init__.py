"""What a series or a field must be: contract, units, stored form; enters what holds for every dataset,
whoever sent it.
"""
