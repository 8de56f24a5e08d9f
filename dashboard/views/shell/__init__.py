"""What every page stands in: the frame, a chart with what stands behind it, the refresh; enters what at least
two pages use.
"""
