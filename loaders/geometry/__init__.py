"""Shores and cells: outlines, areas on the sphere, areas by height; enters what needs no unit, no time and no
provider.
"""
