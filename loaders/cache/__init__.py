"""What is stored: the drawn layout, the manifest, the files; enters what reads or writes the folder of the
cache.
"""
