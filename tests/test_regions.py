"""Outlines and grids: areas against published ones, masks against counts made elsewhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from loaders.geometry import build_outlines
from loaders.geometry.regions import (
    FILE,
    Outline,
    area_km2,
    box,
    cell_areas,
    cell_edges,
    contains,
    fractions,
    outlines,
    sea_weights,
    weighted_mean,
)
from loaders.tables.catalogue import catalogue

# Geodesic areas that the polygons' publisher states, km2.
PUBLISHED = {"caspian": 379_286, "kara-bogaz": 16_957, "aral": 67_644}
WHOLE_EARTH_KM2 = 510_065_622
# The quarter-degree grid of OISST over both seas.
LATITUDES = np.arange(36.125, 48.0, 0.25)
LONGITUDES = np.arange(46.125, 62.0, 0.25)
SQUARE = Outline("square", "", "", (np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]),))
RING = Outline("ring", "", "", (*SQUARE.rings, np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])))


def polygons(folder: Path) -> list[tuple[str, Outline, float]]:
    found = []
    for path in sorted(folder.glob("*_ne_*.geojson")):
        for item in json.loads(path.read_text("utf-8"))["features"]:
            if item["geometry"]["type"] == "Polygon":
                rings = tuple(np.array(ring)[:-1, :2] for ring in item["geometry"]["coordinates"])
                name = f"{path.name}: {item['properties']['name']}"
                found.append((name, Outline(name, "", "", rings), item["properties"]["area_km2_geodesic"]))
    return found


# ---- areas -----------------------------------------------------------------------------------------------


def test_area_of_every_published_polygon_is_its_geodesic_area_within_a_twentieth_of_a_percent(samples):
    found = polygons(samples / "polygons")
    assert len(found) == 10
    for name, outline, stated in found:
        assert area_km2(outline) == pytest.approx(stated, rel=5e-4), name


@pytest.mark.parametrize(("name", "stated"), PUBLISHED.items())
def test_simplified_outlines_keep_their_area_within_a_tenth_of_a_percent(name, stated):
    assert area_km2(outlines()[name]) == pytest.approx(stated, rel=1e-3)


def test_parts_of_a_sea_add_up_to_it():
    found = {name: area_km2(outline) for name, outline in outlines().items()}
    parts = found["caspian-north"] + found["caspian-middle"] + found["caspian-south"]
    assert parts == pytest.approx(found["caspian"], rel=1e-3)
    assert found["north-aral"] + found["south-aral"] == pytest.approx(18_434, rel=2e-3)


def test_parts_of_the_caspian_are_a_quarter_36_and_39_percent():
    """UNEP, Caspian Sea: State of the Environment 2019."""
    whole = area_km2(outlines()["caspian"])
    shares = [area_km2(outlines()[f"caspian-{part}"]) / whole for part in ("north", "middle", "south")]
    assert shares == pytest.approx([0.25, 0.36, 0.39], abs=0.012)


def test_a_grid_of_the_whole_earth_has_the_area_of_the_ellipsoid():
    areas = cell_areas(np.arange(-89.5, 90), np.arange(-179.5, 180))
    assert areas.sum() == pytest.approx(WHOLE_EARTH_KM2, rel=1e-6)


def test_a_degree_at_the_equator_has_its_length():
    """110.574 km of latitude by 111.320 km of longitude on WGS84."""
    assert cell_areas(np.array([-0.5, 0.5]), np.array([0.0, 1.0]))[0, 0] == pytest.approx(12_309, rel=1e-3)


# ---- inside or outside -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "names"),
    [
        (42.0, 50.5, {"caspian", "caspian-middle"}),
        (38.5, 51.5, {"caspian", "caspian-south"}),
        (45.25, 50.25, {"caspian", "caspian-north"}),
        (41.4, 53.6, {"kara-bogaz"}),
        (40.4, 49.9, set()),  # Baku
        (46.35, 60.8, {"aral", "north-aral"}),
        (45.0, 58.5, {"aral", "south-aral"}),
        (44.0, 60.0, {"aral"}),  # dry since the 1990s
        (46.8, 61.67, set()),  # the town of Aral
    ],
)
def test_well_known_points(latitude, longitude, names):
    found = {
        key for key, outline in outlines().items() if contains(outline, np.array([latitude]), longitude)[0]
    }
    assert found == names


def test_an_island_is_outside():
    y, x = np.array([0.5, 2.0, 3.5, 5.0]), np.array([0.5, 2.0, 3.5, 2.0])
    assert contains(RING, y, x).tolist() == [True, False, True, False]
    assert contains(SQUARE, y, x).tolist() == [True, True, True, False]


def test_cells_with_a_temperature_are_those_counted_in_a_recorded_field(samples):
    """649 of the 654 cells of the Caspian, all 29 of Garabogaz, none of the Aral (field of 29 July 2017)."""
    path = samples / "climate/oisst/oisst_v2_20170729_caspian_aral_window.csv"
    with path.open(encoding="utf-8") as file:
        rows = [(float(r["lat"]), float(r["lon"]), r["sst_degC"] != "") for r in csv.DictReader(file)]
    y, x, known = (np.array(column) for column in zip(*rows, strict=True))
    counts = {}
    for name in ("caspian", "kara-bogaz", "aral"):
        inside = contains(outlines()[name], y, x)
        counts[name] = (int(inside.sum()), int((inside & known).sum()))
    assert counts["caspian"] == pytest.approx((654, 649), abs=2)
    assert counts["kara-bogaz"] == pytest.approx((29, 29), abs=1)
    assert counts["aral"][0] == pytest.approx(118, abs=1)
    assert counts["aral"][1] == 0


# ---- grids -----------------------------------------------------------------------------------------------


def test_shares_of_cells_of_a_square_by_hand():
    """Cells of two degrees from -1: a corner cell holds a quarter of a cell, an edge half of one."""
    share = fractions(SQUARE, np.array([0.0, 2.0, 4.0, 6.0]), np.array([0.0, 2.0, 4.0]))
    assert share == pytest.approx(
        np.array([[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25], [0, 0, 0]]), abs=1e-9
    )


def test_shares_do_not_depend_on_the_direction_of_the_axis():
    y, x = np.arange(0.25, 5.0, 0.5), np.arange(0.25, 5.0, 0.5)
    assert fractions(RING, y[::-1], x)[::-1] == pytest.approx(fractions(RING, y, x))
    assert fractions(RING, y, x).sum() * 0.25 == pytest.approx(16 - 4)


@pytest.mark.parametrize("name", ["caspian", "kara-bogaz", "aral", "north-aral"])
def test_shares_of_a_grid_add_up_to_the_sea(name):
    shares = fractions(outlines()[name], LATITUDES, LONGITUDES)
    assert 0 <= shares.min() < shares.max() <= 1 + 1e-9
    total = (shares * cell_areas(LATITUDES, LONGITUDES)).sum()
    assert total == pytest.approx(area_km2(outlines()[name]), rel=5e-3)


def test_a_cell_that_is_mostly_land_has_no_weight():
    weights = sea_weights(SQUARE, np.array([0.0, 2.0, 4.0]), np.array([0.0, 2.0, 4.0]))
    assert (weights > 0).tolist() == [[False, True, False], [True, True, True], [False, True, False]]


def test_edges_stand_half_way():
    assert cell_edges(np.array([1.0, 2.0, 4.0])).tolist() == [0.5, 1.5, 3.0, 5.0]
    assert cell_edges(np.array([4.0, 2.0])).tolist() == [5.0, 3.0, 1.0]
    with pytest.raises(ValueError, match="width"):
        cell_edges(np.array([1.0]))


def test_weighted_mean_by_hand():
    field = np.array([[[10.0, 20.0], [np.nan, 40.0]], [[np.nan] * 2] * 2])
    means, counts = weighted_mean(field, np.array([[1.0, 3.0], [5.0, 0.0]]))
    assert means[0] == (10 * 1 + 20 * 3) / 4
    assert np.isnan(means[1])
    assert counts.tolist() == [2, 0]


# ---- the table -------------------------------------------------------------------------------------------


def test_table_is_what_the_builder_makes_of_the_published_polygons(samples):
    assert build_outlines.build(samples / "polygons") == FILE.read_text("utf-8")


def test_table_names_places_origin_and_licence():
    table = json.loads(FILE.read_text("utf-8"))
    assert set(outlines()) <= set(catalogue().places)
    assert table["licence"] == "public domain"
    assert "Natural Earth" in table["source"]
    assert f"tolerance {build_outlines.TOLERANCE} degrees" in table["how"]
    assert "not today's sea" in outlines()["north-aral"].as_of


def test_simplified_shore_is_nowhere_further_off_than_the_tolerance():
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    ring = np.column_stack([50 + np.cos(angles), np.sin(angles)])
    short = build_outlines.simplify(ring, 0.005)
    assert len(short) < 60
    ends = zip(short, np.roll(short, -1, axis=0), strict=True)
    off = np.min([build_outlines._distances(ring, start, end) for start, end in ends], axis=0)
    assert off.max() <= 0.0051


def test_cutting_a_square_by_hand():
    line = ((-1.0, 1.0), (9.0, 1.0))
    square = SQUARE.rings[0]
    north, south = (Outline("", "", "", (build_outlines.cut(square, line, side),)) for side in (True, False))
    assert (box(north).south, box(north).north) == (1.0, 4.0)
    assert (box(south).south, box(south).north) == (0.0, 1.0)
    assert build_outlines.cut(square, ((0.0, 9.0), (1.0, 9.0)), True).size == 0
