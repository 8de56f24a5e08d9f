"""How one water body is doing: by months and by years, against frozen baselines; enters a step of that
method.
"""
