"""Water and dry bed on grounds small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from dashboard.figures import shore_charts
from dashboard.figures.canvas import faint
from dashboard.palette import DARK, LIGHT
from dashboard.terrain import flood
from loaders.geometry import regions
from loaders.geometry.regions import Outline
from tests.figure_json import colors, load, notes

NOWHERE = Outline("nowhere", "", "", (np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),))


def ground(heights, without: Outline = NOWHERE) -> flood.Ground:
    """Cells of 0.1 degrees from 42 N 50 E on."""
    rows, columns = np.shape(heights)
    coords = {"latitude": 42 + 0.1 * np.arange(rows), "longitude": 50 + 0.1 * np.arange(columns)}
    field = xr.Dataset({"height": (("latitude", "longitude"), np.array(heights, "float64"))}, coords=coords)
    return flood.ground(field, without)


# From the deep on the left up a beach; behind the bank at -20 a hollow that the sea does not reach.
BEACH = [[-90, -40, -30, -28, -26.5, -20, -35], [-90, -40, -31, -28, -26.5, -20, -35]]


def test_states_follow_from_the_three_levels():
    shore = flood.shore(ground(BEACH), level=-30.5, today=-28.5, reference=-26)
    expected = [flood.WET, flood.WET, flood.DRIES, flood.DRY, flood.DRY, flood.LAND, flood.LAND]
    assert shore.state[0].tolist() == expected
    assert shore.state[1, 2] == flood.WET
    assert shore.depth[0].tolist() == [59.5, 9.5, 0, 0, 0, 0, 0]


def test_areas_are_sums_of_cells():
    """A cell of 0.1 by 0.1 degrees at 42 N has 92.1 km2: 11.107 km to the north, 8.285 km to the east."""
    shore = flood.shore(ground(BEACH), level=-30.5, today=-28.5, reference=-26)
    cell = 11.107 * 8.285
    assert shore.reference == pytest.approx(10 * cell, rel=2e-3)
    assert shore.water == pytest.approx(5 * cell, rel=2e-3)
    assert shore.dry == pytest.approx(4 * cell, rel=2e-3)
    assert shore.dries == pytest.approx(1 * cell, rel=2e-3)
    assert shore.share == pytest.approx(0.5, rel=2e-3)


def test_hollow_that_the_sea_does_not_reach_stays_land_until_it_does():
    hollow = np.s_[:, 6]
    assert (flood.shore(ground(BEACH), -26, -26, -26).state[hollow] == flood.LAND).all()
    assert (flood.shore(ground(BEACH), -19, -26, -26).state[hollow] == flood.WET).all()


def test_pool_left_behind_in_the_bed_is_still_water():
    bar = [[-90, -28, -35], [-90, -28, -35]]
    assert flood.shore(ground(bar), -30, -30, -26).state[0].tolist() == [flood.WET, flood.DRY, flood.WET]


def test_rise_above_the_reference_dries_nothing():
    shore = flood.shore(ground(BEACH), level=-25, today=-28.5, reference=-26)
    assert (shore.dry, shore.dries) == (0, 0)
    assert shore.water == pytest.approx(shore.reference)


def test_bay_with_a_level_of_its_own_is_left_out():
    bay = Outline("bay", "", "", (np.array([[49.9, 41.9], [50.15, 41.9], [50.15, 42.3], [49.9, 42.3]]),))
    assert np.isnan(ground(BEACH, bay).height[:, :2]).all()
    assert np.isfinite(ground(BEACH, bay).height[:, 2:]).all()


def test_cell_is_as_wide_as_the_square_of_its_area():
    """By the same lengths: the root of 11.107 km times 8.285 km, a little less in the northern row."""
    assert ground(BEACH).cell_km == pytest.approx(9.59, abs=0.01)


def test_no_water_below_the_deepest_ground():
    shore = flood.shore(ground(BEACH), -99, -99, -26)
    assert shore.water == 0
    assert shore.dry == shore.reference


# ---- the map ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_map_draws_each_state_in_its_colour(look):
    found = ground(BEACH)
    shore = flood.shore(found, -30.5, -28.5, -26)
    tones = (look.caspian, look.comparison, look.bed)
    cells = shore_charts.Cells(found, shore.state, shore.depth, tones, ["a", "b", "c"])
    figure = shore_charts.water(cells, look, height=300, bar=10, credit="Data: x.", view="v")
    (trace,) = figure.data
    assert np.asarray(trace.z)[0].tolist() == [8, 7, 2, 1, 1, 0, 0]
    assert trace.zmax == 9
    color = {round(at * 9, 1): said for at, said in trace.colorscale}
    assert (color[0.5], color[1.5], color[9.0]) == (look.comparison, look.bed, look.caspian)
    known = set(vars(look).values())
    assert colors(load(figure)) <= known | {faint(one) for one in known} | {"rgba(0,0,0,0)"}


def test_outlines_of_one_sea_share_frame_and_ratio():
    shapes = regions.outlines()
    frame = regions.box(shapes["aral"])
    drawn = [
        shore_charts.outlines(
            [shore_charts.Fill(shapes[name], LIGHT.ink)],
            frame,
            LIGHT,
            height=300,
            bar=100,
            credit="",
            view="v",
        )
        for name in ("aral", "south-aral")
    ]
    axes = [(one.layout.xaxis.range, one.layout.yaxis.range, one.layout.yaxis.scaleratio) for one in drawn]
    assert axes[0] == axes[1]
    assert axes[0][2] == pytest.approx(1 / np.cos(np.radians(45.0)), rel=0.01)


def test_scale_bar_is_as_long_as_it_says():
    """By the haversine formula on a sphere of 6,371 km."""
    shapes = regions.outlines()
    figure = shore_charts.outlines(
        [shore_charts.Fill(shapes["aral"])], regions.box(shapes["aral"]), LIGHT,
        height=300, bar=100, credit="", view="v",
    )  # fmt: skip
    (bar,) = figure.layout.shapes
    south, north = regions.box(shapes["aral"]).south, regions.box(shapes["aral"]).north
    middle, width = np.radians((south + north) / 2), np.radians(bar.x1 - bar.x0)
    length = 2 * 6371 * np.arcsin(np.cos(middle) * np.sin(width / 2))
    assert length == pytest.approx(100, rel=5e-3)
    assert "100 km" in notes(load(figure))
