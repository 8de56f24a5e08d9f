"""Synthetic levels with a sea's own spectrum, so that the test can be tried where the truth is known.

Either the month-to-month changes or the levels themselves keep the periodogram of the record before the
speech, with new random phases and amplitudes; a change of trend at the speech is added where one is wanted.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Spectrum = Literal["changes", "levels"]
# The synthetic circle is longer than what is cut out of it, so that its two ends do not meet.
ROOM = 2.5


def residuals(values: np.ndarray, period: float) -> np.ndarray:
    """Values without line and season (``period`` steps; no season where it is 0); gaps are bridged first."""
    at = np.arange(values.size)
    known = ~np.isnan(values)
    bridged = np.interp(at, at[known], values[known])
    columns = [np.ones(at.size), at - at.mean()]
    for turn in (1, 2) if period else ():
        columns += [np.cos(2 * np.pi * turn * at / period), np.sin(2 * np.pi * turn * at / period)]
    design = np.stack(columns, axis=-1)
    return bridged - design @ np.linalg.lstsq(design, bridged, rcond=None)[0]


def draw(
    values: np.ndarray, length: int, count: int, spectrum: Spectrum, rng: np.random.Generator, period: float
) -> np.ndarray:
    """``count`` series of ``length`` steps around zero with the spectrum of ``values``, one a row."""
    swings = residuals(values, period)
    base = np.diff(swings) if spectrum == "changes" else swings
    power = np.abs(np.fft.rfft(base - base.mean())) ** 2 / base.size
    known = np.fft.rfftfreq(base.size)
    size = int(ROOM * max(length, values.size))
    wanted = np.fft.rfftfreq(size)
    strength = np.sqrt(np.interp(wanted, known[1:], power[1:]) * size / 2)
    noise = rng.standard_normal((2, count, wanted.size))
    made = np.fft.irfft((noise[0] + 1j * noise[1]) * strength, size, axis=1)[:, :length]
    return np.cumsum(made, axis=1) if spectrum == "changes" else made
