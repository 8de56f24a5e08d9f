"""HTML: blocks of a page, drawn signs, rows of the register, the style sheet; enters what makes tags and
escapes what it is given.
"""
