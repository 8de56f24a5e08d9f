"""What the machine says: the settings TWO_SEAS_* and the clock; enters what is read from outside the project
and is no answer of a provider.
"""
