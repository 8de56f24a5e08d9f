"""Two Seas: public water-level and climate series of the Aral and the Caspian as xarray."""
