"""What is embedded: the committed tables, read and sealed with checksums; enters what must be there without a
network.
"""
