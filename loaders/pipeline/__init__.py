"""A refresh from plan to commit, and its relatives rebuild and check-live; enters a step between a question
and the cache.
"""
