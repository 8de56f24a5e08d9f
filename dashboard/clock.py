"""Today: the one place where the dashboard reads the clock, so that a test can set it."""

import numpy as np


def today() -> np.datetime64:
    """The present day (datetime64[D]) of this computer."""
    return np.datetime64("today", "D")
