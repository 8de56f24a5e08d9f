"""The fits behind a condition: lines with a season, placebo bands, whole years; enters statistics that know
no series.
"""
