"""Whether to believe it: rules, flags, holds, comparisons; enters a pure judgement of values, with its limits
in rows.
"""
