"""Measurements of the product that are no part of it: ratios of time, and how far its words hold."""
