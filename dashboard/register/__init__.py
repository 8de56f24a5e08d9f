"""What was said and done: passages, milestones, their rows and reading; enters a dated statement with its
source.
"""
