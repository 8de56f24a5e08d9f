"""What a reader gets: open, status, changes, export; enters what the public face calls and nothing that asks
a provider.
"""
