"""Every visible string, in three languages, and how numbers and days are written; enters a text, never a
figure.
"""
