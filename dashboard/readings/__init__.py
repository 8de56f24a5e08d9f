"""What is read of a passage: delivery, condition, pathway; enters a pure rule from figures to a state,
without words.
"""
