"""Colours: WCAG contrast to the ground, and distance in four kinds of colour vision, by their definitions."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dashboard.palette import DARK, LIGHT, Palette, palette
from tests.shots import baseline

CONFIG = Path(__file__).parents[1] / "dashboard" / ".streamlit" / "config.toml"
GROUNDS = {"light": LIGHT, "dark": DARK}
LINES = ("caspian", "north_aral", "south_aral", "comparison")
STATES = ("worse", "better", "same")
TEXTS = ("ink", "muted", "north_aral_text", "caspian", "south_aral", *STATES)

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, severity 1.0; for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
# IEC 61966-2-1: linear sRGB to CIE XYZ under D65.
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(color: str) -> np.ndarray:
    part = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""
    high, low = sorted((float(linear(one) @ LUMINANCE), float(linear(other) @ LUMINANCE)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(color: str, vision: str) -> np.ndarray:
    seen = np.clip(VISION[vision] @ linear(color), 0, 1)
    ratio = TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str, vision: str) -> float:
    """CIE76: the straight distance in L*a*b*."""
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def worst(look: Palette, roles: tuple[str, ...]) -> tuple[float, str]:
    return min(
        (distance(getattr(look, one), getattr(look, other), vision), f"{one}/{other} {vision}")
        for one, other in combinations(roles, 2)
        for vision in VISION
    )


def test_measures_give_the_values_of_their_definitions():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the best-known near miss of 4.5
    assert lab("#FFFFFF", "normal") == pytest.approx([100, 0, 0], abs=0.01)
    assert lab("#FF0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    for vision in ("protan", "deutan", "tritan"):  # grey stays grey in every kind of vision
        assert distance("#808080", "#808080", vision) == 0
        assert lab("#808080", vision)[1:] == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", LINES)
def test_lines_stand_out_from_their_ground(ground, role):
    look = GROUNDS[ground]
    assert contrast(getattr(look, role), look.ground) >= 3


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("role", TEXTS)
def test_text_can_be_read_on_its_ground(ground, role):
    look = GROUNDS[ground]
    assert contrast(getattr(look, role), look.ground) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("place", "sea", "role"),
    [
        ("caspian", "caspian", "caspian"),
        ("north-aral", "aral", "north-aral"),
        ("south-aral", "aral", "ink"),
        ("volga", "caspian", "caspian"),
        ("kaz", "both", "ink"),
    ],
)
def test_every_label_colour_of_a_place_can_be_read(ground, place, sea, role):
    look = GROUNDS[ground]
    assert baseline().tone(place, sea) == role
    assert contrast(look.text(role), look.ground) >= 4.5
    assert contrast(look.line(role), look.ground) >= 3


# The smallest distances were computed once apart from this code, for the design page.
@pytest.mark.parametrize(
    ("ground", "roles", "known"),
    [("light", LINES, 27.0), ("dark", LINES, 25.5), ("light", STATES, 21.3), ("dark", STATES, 23.1)],
)
def test_lines_and_states_stay_apart_in_every_kind_of_vision(ground, roles, known):
    least, pair = worst(GROUNDS[ground], roles)
    assert least >= 20, pair
    assert least == pytest.approx(known, abs=0.1), pair


def test_blue_and_purple_would_fall_together():
    """The set that two hues and two neutrals replaced: the measure must see its fault."""
    assert min(distance("#0B5C8A", "#5B4FA2", vision) for vision in ("protan", "deutan")) < 20


def test_ground_decides_the_set():
    assert palette("dark") is DARK
    assert palette("light") is LIGHT
    assert palette(None) is LIGHT


def test_grounds_are_those_that_streamlit_paints():
    theme = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]
    for name, look in GROUNDS.items():
        assert theme[name]["backgroundColor"] == look.ground
        assert theme[name]["textColor"] == look.ink
