"""From a level to a shore: areas, beds, floods, outlines; enters geometry that a page draws, without drawing
it.
"""
