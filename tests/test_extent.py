"""Curves, drawn shores and the zero of the ground: against hand arithmetic and published figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dashboard.terrain import extent, outlines
from dashboard.terrain.extent import Curve
from dashboard.terrain.water_level import standing
from tests.shots import baseline, made, with_series, without

# Straight walls on a slope: area grows by 10,000 km2 a metre to the shore at -27, and no more above it.
LEVELS = np.array([-30.0, -29.0, -28.0, -27.0, -26.0])
SLOPE = Curve(
    LEVELS,
    np.array([300e3, 310e3, 320e3, 330e3, 330e3]),
    np.array([0.0, 305.0, 620.0, 945.0, 1275.0]),
    ("",) * 5,
)
SATELLITE, OLDER, TRACK = (
    "caspian-level-dahiti-2026-annual", "caspian-level-dahiti", "caspian-level-gwm",
)  # fmt: skip
GEOID = "caspian-level-grealm-annual"


def test_next_metre_uncovers_the_difference_and_holds_the_layer():
    assert extent.below(SLOPE, -28.0) == (10_000, 315)


def test_layer_has_the_mean_area_of_what_is_filled():
    """315 km3 in a metre is 315,000 km2; on the level itself the curve's own area."""
    assert extent.layer(SLOPE, -29.0, 1.0) == pytest.approx(315_000)
    assert extent.layer(SLOPE, -29.0, 0.0) == 310_000


def test_curve_ends_where_the_outline_is_full():
    cut = extent.inside_outline(SLOPE)
    assert cut.level.tolist() == [-30, -29, -28]
    assert len(cut.years) == 3


def test_rise_on_the_curve_takes_fall_and_rise_over_the_layer():
    """0.1 m a year of fall and 1 m in 10 years, on 315,000 km2: 63 km3 a year."""
    area = extent.layer(SLOPE, -29.0, 1.0)
    held = extent.hold(0.1, 0.0, area, area)
    assert extent.reach(held, 1.0, 10).middle == pytest.approx(63)


# ---- drawn shores -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "file"),
    [
        ("aral-1960", "aral_ne_10m_lakes_historic_c1960"),
        ("aral-2000s", "aral_ne_10m_lakes_c2000s"),
        ("caspian", "caspian_ne_10m_marine_polys"),
    ],
)
def test_area_of_a_drawing_is_the_geodesic_area_of_its_polygon(key, file, samples):
    features = json.loads((samples / "polygons" / f"{file}.geojson").read_text("utf-8"))["features"]
    names = {"caspian": ("Caspian Sea",), "aral-1960": ("Historic Aral Sea",), "aral-2000s": ("Aral Sea",)}[
        key
    ]
    geodesic = sum(
        one["properties"]["area_km2_geodesic"]
        for one in features
        if " ".join(one["properties"]["name"].split()) in names
    )
    assert outlines.drawn(key, {}).area == pytest.approx(geodesic, rel=3e-3)


def test_drawn_areas_stand_beside_the_published_ones():
    """68,028 km2 in 1960 by the yearly table; UNESCO's 25,550 in 2000 and 10,030 in 2009."""
    series = baseline().series
    before, after = outlines.drawn("aral-1960", series), outlines.drawn("aral-2000s", series)
    assert [(one.year, one.area) for one in before.published] == [(1960, 68_028)]
    assert [(one.year, one.area) for one in after.published] == [(2000, 25_550), (2009, 10_030)]
    assert before.area == pytest.approx(68_028, rel=0.01)


def test_undated_shape_is_nearest_to_the_year_of_its_area():
    near = outlines.nearest(outlines.drawn("aral-2000s", {}).area, baseline().series["aral-area-unesco"])
    assert (near.year, near.area) == (2005, 18_630)


def test_doubtful_published_area_is_not_set_beside_a_drawing():
    """371,000 km2 of 2021 is a constant of reference books."""
    found = outlines.drawn("caspian", baseline().series).published
    assert [one.area for one in found] == [392_300, 355_700]


# ---- the zero ---------------------------------------------------------------------------------------------


def yearly(series_id: str, values: list[float]):
    """Mid-month values of every month of 2020 and the years after, flat within each year."""
    months = np.arange("2020-01", f"{2020 + len(values)}-01", dtype="datetime64[M]")
    days = np.concatenate([months.astype("datetime64[D]") + at for at in (4, 14, 24)])
    levels = np.tile(np.repeat(values, 12), 3)
    order = np.argsort(days)
    return made(series_id, days[order].astype("datetime64[ns]"), levels[order])


def test_level_is_moved_onto_the_geoid_by_the_embedded_years():
    """1993-2024: NASA's year means stand 0.011 m below the export of 2026, standard deviation 0.035 m."""
    stood = standing(baseline(), baseline().rows())
    assert stood.offset.one.id == GEOID
    assert stood.offset.gap == pytest.approx(-0.011, abs=1e-3)
    assert stood.error == pytest.approx(0.035, abs=1e-3)
    assert stood.today == pytest.approx(-28.657 - 0.011, abs=1e-3)


def test_level_without_a_record_on_the_geoid_stays_and_says_how_far_zeros_differ():
    """The export of 2026 stands 0.085 m above the version of 2023 (figures in its own file)."""
    snapshot = without(baseline(), GEOID)
    stood = standing(snapshot, snapshot.rows())
    assert (stood.row.id, stood.offset, stood.year) == (SATELLITE, None, "2025")
    assert stood.today == pytest.approx(-28.657, abs=5e-4)
    assert stood.error == pytest.approx(0.085, abs=1e-3)
    assert (stood.highest_year, round(stood.highest, 2)) == ("1995", -26.01)


def test_level_is_moved_by_what_the_common_years_show():
    """-27.5614, -27.7964, -28.0593, -28.3204 of 2020-2023; a track 0.4 m lower moves all by -0.4."""
    track = yearly(TRACK, [-27.9614, -28.1964, -28.4593, -28.7204])
    snapshot = with_series(baseline(), track)
    stood = standing(snapshot, snapshot.rows())
    assert stood.offset is not None
    assert (stood.offset.first, stood.offset.last) == (2020, 2023)
    assert stood.today == pytest.approx(-28.657 - 0.4, abs=5e-4)
    assert stood.error == pytest.approx(0, abs=1e-6)


def test_no_level_where_nothing_says_how_far_its_zero_is_off():
    snapshot = without(baseline(), OLDER, GEOID)
    rows = [row for row in snapshot.rows() if row.id == SATELLITE or not str(row.datum).startswith("dahiti")]
    assert standing(snapshot, rows) is None
