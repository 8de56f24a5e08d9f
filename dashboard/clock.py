"""Today, by the project's one clock and this computer's time zone."""

import numpy as np

from loaders.environment import clock


def today() -> np.datetime64:
    """The present day (datetime64[D])."""
    return np.datetime64(clock.now().astimezone().date(), "D")
