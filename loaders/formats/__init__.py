"""Bytes to plain tables and grids: CSV, JSON, zip, NetCDF; enters a form of file that no provider owns,
without meaning and without network.
"""
