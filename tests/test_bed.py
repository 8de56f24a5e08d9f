"""Dry bed, water and flat lakes on grounds small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from dashboard.figures import shore_charts
from dashboard.figures.canvas import faint
from dashboard.figures.shore_charts import HATCHED, Cells
from dashboard.palette import DARK, LIGHT
from dashboard.terrain import bed, flood
from dashboard.terrain.bed import DRY, FLAT
from dashboard.terrain.flood import LAND, WET
from tests.figure_json import colors, load, notes, numbers

# A tenth of a degree at 45 N: 11.113 km to the north by 7.884 km to the east.
CELL = 11.113 * 7.884


def ground(heights) -> flood.Ground:
    """Cells of 0.1 degrees, the middle row at 45 N, from 59 E on."""
    rows, columns = np.shape(heights)
    coords = {
        "latitude": 45 + 0.1 * (np.arange(rows) - (rows - 1) / 2),
        "longitude": 59 + 0.1 * np.arange(columns),
    }
    field = xr.Dataset({"height": (("latitude", "longitude"), np.array(heights, "float64"))}, coords=coords)
    return flood.ground(field)


# A beach falls to a lake of six cells at 42 m; beyond a bank at 60 m lies a hollow that was never of the sea.
BEACH = [
    [60.0, 52.0, 47.0, 42.0, 42.0, 44.5, 60.0, 31.0],
    [60.0, 51.0, 46.0, 42.0, 42.0, 43.5, 60.0, 30.0],
    [60.0, 50.0, 45.0, 42.0, 42.0, 42.5, 60.0, 29.0],
]


def test_states_follow_from_level_and_shore():
    found = bed.bed(bed.basin(ground(BEACH), 53.0), 46.5)
    assert found.state[1].tolist() == [LAND, DRY, WET, FLAT, FLAT, WET, LAND, LAND]
    assert found.state[0, 2] == DRY
    assert found.depth[1].tolist() == [0, 0, 0.5, 0, 0, 3.0, 0, 0]


def test_areas_are_cells_times_the_area_of_a_cell():
    """Of fifteen cells below 53 m six are lake; at 46.5 m four are dry and five lie under water."""
    found = bed.bed(bed.basin(ground(BEACH), 53.0), 46.5)
    assert found.below == pytest.approx(15 * CELL, rel=2e-3)
    assert found.flat == pytest.approx(6 * CELL, rel=2e-3)
    assert found.dry == pytest.approx(4 * CELL, rel=2e-3)
    assert found.water == pytest.approx(5 * CELL, rel=2e-3)
    assert found.share == pytest.approx(4 / 15, rel=2e-3)


@pytest.mark.parametrize(("level", "dry"), [(30.0, 9), (42.0, 9), (43.0, 8), (53.0, 0)])
def test_lake_is_neither_bed_nor_water_at_any_level(level, dry):
    """Below its surface its bed may be dry or not, above it too: the model does not say."""
    found = bed.bed(bed.basin(ground(BEACH), 53.0), level)
    assert np.sum(found.state == FLAT) == 6
    assert np.sum(found.state == DRY) == dry
    assert found.flat + found.dry + found.water == pytest.approx(found.below)


def test_flat_patch_of_one_cell_is_ground():
    """One cell has 88 km2, less than a lake is taken to have; two have 175 km2."""
    single = [[61, 50.0, 47.0, 42.0, 40.0], [60, 51.0, 48.0, 43.0, 41.0]]
    assert not bed.flats(ground(single)).any()
    double = [[61, 50.0, 47.0, 42.0, 40.0], [60, 51.0, 48.0, 42.0, 41.0]]
    assert np.argwhere(bed.flats(ground(double))).tolist() == [[0, 3], [1, 3]]


def test_lakes_at_two_heights_are_two_and_corners_do_not_join():
    lakes = [[42.0, 42.0, 29.0, 29.0], [42.0, 42.0, 29.0, 29.0]]
    assert bed.flats(ground(lakes)).all()
    corners = [[42.0, 50.0], [51.0, 42.0]]
    assert not bed.flats(ground(corners)).any()


def test_rounding_is_still_one_height():
    found = bed.flats(ground([[42.0, 42.004, 41.996, 44.0], [50.0, 51.0, 52.0, 53.0]]))
    assert found[0].tolist() == [True, True, True, False]


def test_gentle_slope_is_no_lake():
    """By 15 mm from cell to cell, as no lake is: of eleven cells only the middle three are alike."""
    slope = [40 + 0.015 * np.arange(11), np.full(11, np.nan)]
    assert not bed.flats(ground(slope), least=4 * CELL).any()
    assert bed.flats(ground(slope), least=2.9 * CELL).sum() == 3


def test_ground_without_height_is_no_lake():
    nan = np.nan
    found = bed.flats(ground([[nan, nan, nan, nan], [42.0, 42.0, nan, 42.0]]))
    assert found.tolist() == [[False] * 4, [True, True, False, False]]


# ---- the map ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_map_hatches_the_lake_and_colours_the_rest(look):
    base = ground(BEACH)
    found = bed.bed(bed.basin(base, 53.0), 46.5)
    tones = (look.ink, look.bed, HATCHED)
    cells = Cells(base, found.state, found.depth, tones, ["water", "bed", "flat"])
    figure = shore_charts.water(cells, look, height=300, bar=10, credit="Data: x.", view="v")
    heat, hatch = load(figure)["data"]
    color = {round(at * 9, 1): said for at, said in heat["colorscale"]}
    assert (color[0.5], color[1.5], color[9.0]) == (look.bed, "rgba(0,0,0,0)", look.ink)
    assert hatch["fillpattern"]["fgcolor"] == look.comparison
    x, y = numbers(hatch["x"]), numbers(hatch["y"])
    assert (np.nanmin(x), np.nanmax(x)) == pytest.approx((59.25, 59.45))
    assert (np.nanmin(y), np.nanmax(y)) == pytest.approx((44.85, 45.15))
    assert np.isnan(x).sum() == 3
    known = set(vars(look).values())
    assert colors(load(figure)) <= known | {faint(one) for one in known} | {"rgba(0,0,0,0)"}
    signs = [text[-8:] for text in notes(load(figure)) if "span" in text]
    assert [sign.split()[-1] for sign in signs] == ["water", "bed", "flat"]
