"""From ground to area and volume: bowls whose answer is known from a formula."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import pytest
import xarray as xr

from loaders.errors import BadFormat, NoData, NotData, SchemaChanged, UnsafeFile
from loaders.geometry import regions
from loaders.geometry.hypsometry import at_level, hypsometry
from loaders.geometry.regions import Outline
from loaders.sources import etopo
from loaders.tables.catalogue import catalogue
from loaders.tables.vocabulary import Flag

from .payloads.etopo import LATITUDES, LONGITUDES, ground

FIELDS = ["caspian-hypsometry-etopo", "caspian-ground-etopo", "aral-ground-etopo"]
ROW, MAP, ARAL = (catalogue().fields[name] for name in FIELDS)
CASPIAN = regions.outlines()["caspian"]
SEA_KM2 = 379_286
# One minute of arc around 42 N 50 E, as the true grid.
Y, X = np.arange(41.0, 43.0, 1 / 60), np.arange(49.0, 51.0, 1 / 60)
SQUARE = Outline("square", "", "", (np.array([[49.1, 41.1], [50.9, 41.1], [50.9, 42.9], [49.1, 42.9]]),))


def field(heights) -> xr.DataArray:
    full = np.broadcast_to(heights, (len(Y), len(X)))
    return xr.DataArray(full, coords={"latitude": Y, "longitude": X}, dims=("latitude", "longitude"))


def cone(depth: float, radius_km: float, rim: float) -> xr.DataArray:
    """A cone under the plane ``rim``; a degree at 42 N is 111.07 km to the north and 82.85 km to the east."""
    distance = np.hypot((Y[:, None] - 42) * 111.07, (X[None, :] - 50) * 82.85)
    return field(rim - depth + depth * np.minimum(distance / radius_km, 1.2))


# ---- the table -------------------------------------------------------------------------------------------


def test_a_cone_has_the_area_and_volume_of_its_formula():
    """Radius 50 km, 20 m deep: h metres above the tip area = pi (2.5 h)2 km2, volume = area h / 3000 km3."""
    table = hypsometry(cone(20, 50, -10), SQUARE, lowest=-30, highest=-10)
    for height in (8.0, 14.0, 20.0):
        level = -30 + height
        area = np.pi * (2.5 * height) ** 2
        assert at_level(table, level) == pytest.approx(area, rel=0.01)
        assert at_level(table, level, "volume") == pytest.approx(area * height / 3000, rel=0.01)
    assert at_level(table, -30) == 0
    assert table["volume"].values[0] == 0


def test_a_flat_bottom_holds_its_area_times_the_depth():
    """A metre of water on 379,286 km2 is 379 km3."""
    table = etopo.parse(ground(-30.0), ROW)
    assert at_level(table, -29.0) == pytest.approx(SEA_KM2, rel=2e-3)
    assert at_level(table, -29.0, "volume") == pytest.approx(SEA_KM2 / 1000, rel=2e-3)
    assert at_level(table, -27.0, "volume") == pytest.approx(3 * SEA_KM2 / 1000, rel=2e-3)
    assert at_level(table, -30.0) == 0


def test_land_below_the_level_outside_the_sea_is_cut_off():
    outside = ~regions.contains(CASPIAN, LATITUDES[:, None], LONGITUDES[None, :])
    table = etopo.parse(ground(np.where(outside, -100.0, -30.0)), ROW)
    assert table["area"].values[-1] < 1.05 * SEA_KM2


def test_volume_grows_by_area_times_step():
    table = hypsometry(cone(20, 50, -10), SQUARE, lowest=-30, highest=-10)
    area, volume = table["area"].values, table["volume"].values
    assert np.all(np.diff(area) >= 0)
    grown = np.diff(volume) * 1000 / 0.1
    assert np.all(grown >= area[:-1] - 1e-6)
    assert np.all(grown <= area[1:] + 1e-6)


def test_steps_are_tenths_of_a_metre():
    table = hypsometry(field(-30.0), SQUARE, lowest=-31, highest=-29)
    assert table["level"].values.tolist() == pytest.approx(
        [-31 + number / 10 for number in range(21)], abs=1e-9
    )
    wet = table["cells"].values > 0
    assert table["level"].values[wet][0] == -29.9
    assert (table["area"].attrs["units"], table["volume"].attrs["units"]) == ("km2", "km3")
    assert "not observed" in table.attrs["caveat"]


def test_a_cell_without_height_is_dry():
    heights = np.full((len(Y), len(X)), -30.0)
    whole = hypsometry(field(heights), SQUARE, lowest=-31, highest=-29)
    heights[60, 60] = np.nan
    holed = hypsometry(field(heights), SQUARE, lowest=-31, highest=-29)
    lost = whole["area"].values[-1] - holed["area"].values[-1]
    assert lost == pytest.approx(regions.cell_areas(Y, X)[60, 60])
    assert holed["cells"].values[-1] == whole["cells"].values[-1] - 1


def test_a_level_outside_the_table_is_refused():
    table = hypsometry(field(-30.0), SQUARE, lowest=-31, highest=-29)
    for level in (-31.01, -28.99):
        with pytest.raises(NoData, match="-31 to -29 m"):
            at_level(table, level)


def test_a_printed_table_is_read_between_its_rows(samples):
    """Aral 1960: 53.4 m, 68,028 km2, 1,101.07 km3; half-way to 53.29 m stands the mean of both rows."""
    text = (samples / "figures/aral_hypsometry_whole.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    rows = sorted(rows, key=lambda row: float(row["value"]))
    level, area, volume = (np.array([float(r[n]) for r in rows]) for n in ("value", "area_km2", "volume_km3"))
    table = xr.Dataset({"area": ("level", area), "volume": ("level", volume)}, coords={"level": level})
    assert at_level(table, 53.4) == 68_028
    assert at_level(table, 53.345) == pytest.approx((68_028 + 67_468) / 2)
    assert at_level(table, 53.345, "volume") == pytest.approx((1101.07 + 1093.67) / 2)


# ---- the source ------------------------------------------------------------------------------------------


def test_one_documented_address_serves_the_table_and_the_map():
    caspian, aral = etopo.requests([ROW, MAP, ARAL], today=date(2026, 8, 20), held={})
    assert caspian.path == "griddap/ETOPO_2022_v1_60s.nc?z%5B(36.0):1:(47.5)%5D%5B(46.0):1:(55.0)%5D"
    assert "%5B(47.5):1:(36.0)%5D" in caspian.instead
    assert (caspian.series, aral.series) == ((ROW.id, MAP.id), (ARAL.id,))
    assert etopo.probe([ROW, MAP, ARAL], today=date(2026, 8, 20)) == caspian


def test_latitudes_from_north_to_south_give_the_same_table():
    slope = -60 + 3 * (LATITUDES[:, None] - 36) + 0 * LONGITUDES[None, :]
    one = etopo.parse(ground(slope), ROW)
    other = etopo.parse(ground(slope[::-1], latitudes=LATITUDES[::-1]), ROW)
    assert one["area"].values == pytest.approx(other["area"].values)
    assert one["area"].values[0] < one["area"].values[-1]


def test_areas_are_flagged_by_what_the_sea_has_been():
    """On ground that rises evenly to the north the sea shrinks with its level: suspect under 340,000 km2."""
    slope = -60 + 3 * (LATITUDES[:, None] - 36) + 0 * LONGITUDES[None, :]
    table = etopo.parse(ground(slope), ROW)
    area, flags = table["area"].values, table["qc"].values
    assert set(flags) == {Flag.PASS, Flag.SUSPECT, Flag.FAIL}
    assert np.all(flags[area < 300_000] == Flag.FAIL)
    assert np.all(flags[(area > 300_000) & (area < 340_000)] == Flag.SUSPECT)
    assert np.all(flags[(area > 340_000) & (area < 395_000)] == Flag.PASS)


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (ground(-300.0, units="ft"), SchemaChanged, "in metres"),
        (ground(-300.0, variable="altitude"), SchemaChanged, "no variable 'z'"),
        (ground(np.where(LATITUDES[:, None] > 40, np.nan, -300.0)), NotData, "of Caspian Sea"),
        (ground(-300.0)[:-5], BadFormat, "shorter"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), UnsafeFile, "NetCDF-3 only"),
    ],
)
def test_other_answers_are_refused(raw, error, words):
    with pytest.raises(error, match=words):
        etopo.parse(raw, ROW)


# ---- the map ---------------------------------------------------------------------------------------------


def fine(heights: np.ndarray, south: float = 41.0, west: float = 49.0) -> xr.DataArray:
    """A map of minutes of arc."""
    axes = (south + np.arange(heights.shape[0]) / 60, west + np.arange(heights.shape[1]) / 60)
    coords = dict(zip(("latitude", "longitude"), axes, strict=True))
    return xr.DataArray(heights, coords=coords, dims=("latitude", "longitude"))


def test_a_map_holds_means_of_four_minutes():
    """Four cells of -30, -32, -34 and -36 m are one of -33 m, between their centres."""
    heights = np.tile([[-30.0, -32.0], [-34.0, -36.0]], (3, 3))
    found = etopo._map(fine(heights), np.ones(heights.shape, dtype=bool), MAP)
    assert found["height"].shape == (3, 3)
    assert found["height"].dtype == np.float32
    assert np.all(found["height"].values == -33)
    assert found["latitude"].values[0] == pytest.approx(41 + 0.5 / 60)
    assert found.attrs["coarsened"] == "means of 2 by 2 cells of the source"


def test_high_ground_and_hollows_apart_from_the_sea_are_left_out():
    """Columns of sea, land above -20 m, and a hollow like the one of Karagiye, 132 m below zero."""
    row = np.repeat([-50.0, -21.0, 5.0, -132.0, 5.0], 4)
    heights = np.tile(row, (4, 1))
    found = etopo._map(fine(heights), heights == -50, MAP)["height"].values[0]
    assert found[:4].tolist() == [-50, -50, -21, -21]
    assert np.all(np.isnan(found[4:]))


def test_a_cell_that_is_mostly_land_is_land():
    heights = np.full((4, 4), -30.0)
    heights[:2, 1] = heights[1, 0] = 5.0
    heights[2:, 3] = 5.0
    found = etopo._map(fine(heights), heights == -30, MAP)["height"].values
    assert np.isnan(found[0, 0])
    assert found[1, 1] == -30


@pytest.mark.parametrize("row", [ROW, MAP, ARAL], ids=lambda row: row.id)
def test_a_field_states_where_it_comes_from(row):
    assert (row.source, row.datum, row.kind) == ("etopo", "egm2008", "derived")
    assert catalogue().sources[row.source].licence == "public domain"
    assert row.caveat
