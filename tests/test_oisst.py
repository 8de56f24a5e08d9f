"""OISST: months of the sea's mean temperature out of daily fields; a recorded field by its numbers."""

from __future__ import annotations

import csv
import json
import math
import re
from datetime import UTC, date, datetime

import numpy as np
import pytest

from loaders.cache import store
from loaders.dataset import contract
from loaders.errors import BadFormat, NotData, SchemaChanged, UnsafeFile
from loaders.geometry import regions
from loaders.pipeline import report
from loaders.pipeline.plan import Selection
from loaders.pipeline.refresh import refresh
from loaders.quality import qc
from loaders.sources import oisst
from loaders.tables.catalogue import catalogue
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held

from .loopback import reply, serve
from .payloads.erddap import error
from .payloads.oisst import LATITUDES, LONGITUDES, fields

ROW = catalogue().series["caspian-sst-oisst"]
TODAY = date(2026, 8, 20)
JULY = (date(2017, 7, 1), date(2017, 7, 31))
INSIDE = regions.contains(regions.outlines()["caspian"], LATITUDES[:, None], LONGITUDES[None, :])


def finished(raw: bytes):
    made = contract.conform(oisst.parse(raw, ROW), ROW)
    return contract.check(qc.flag(made, ROW, now=datetime(2026, 8, 20, tzinfo=UTC)))


def months(dataset) -> list[str]:
    return np.datetime_as_string(dataset["time"].values, unit="M").tolist()


# ---- what is asked ---------------------------------------------------------------------------------------


def test_first_the_newest_year_and_then_one_year_back_in_each_run():
    (first,) = oisst.requests([ROW], today=TODAY, held={})
    assert first.path == (
        "griddap/ncdcOisst21Agg_LonPM180.nc?sst%5Blast-364:1:last%5D%5B(0.0)%5D"
        "%5B(36.375):1:(47.375)%5D%5B(46.375):1:(54.375)%5D"
    )
    held = {ROW.id: Held("2025-09-01", "2026-07-01")}
    newest, older = oisst.requests([ROW], today=TODAY, held=held)
    assert "%5B(2026-06-01T12:00:00Z):1:(last)%5D" in newest.path
    assert "%5B(2024-09-01T12:00:00Z):1:(2025-08-31T12:00:00Z)%5D" in older.path
    held = {ROW.id: Held("1981-09-01", "2026-07-01")}
    assert len(oisst.requests([ROW], today=TODAY, held=held)) == 1


def test_the_probe_is_one_whole_month():
    path = oisst.probe([ROW], today=TODAY).path
    assert "%5B(2026-06-01T12:00:00Z):1:(2026-06-30T12:00:00Z)%5D" in path


def test_the_box_asked_for_covers_the_sea():
    south, north, west, east = map(
        float, re.findall(r"\(([\d.]+)\)", oisst.probe([ROW], today=TODAY).path)[-4:]
    )
    box = regions.box(regions.outlines()["caspian"])
    assert south < box.south < box.north < north
    assert west < box.west < box.east < east


def test_the_aral_has_no_sea_surface_temperature():
    """No product on these servers has a value over its water; over its dry bed one would mean nothing."""
    found = [row for row in catalogue().series.values() if row.indicator == "sea-surface-temperature"]
    assert len(found) >= 2
    assert {row.place for row in found} == {"caspian"}


# ---- a recorded field ------------------------------------------------------------------------------------


def recorded(samples) -> dict[tuple[float, float], float]:
    path = samples / "climate/oisst/oisst_v2_20170729_caspian_aral_window.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(float(row["lat"]), float(row["lon"])): float(row["sst_degC"] or "nan") for row in rows}


def ray_casting(ring, x: float, y: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def test_mean_of_a_recorded_field_is_that_of_a_plain_loop_over_the_published_polygon(samples):
    """29 July 2017: weights by the cosine of the latitude, whole cells by their centre."""
    known = recorded(samples)
    path = samples / "polygons/caspian_ne_10m_marine_polys.geojson"
    ring = json.loads(path.read_text("utf-8"))["features"][0]["geometry"]["coordinates"][0][:-1]
    inside = [
        (math.cos(math.radians(lat)), value)
        for (lat, lon), value in known.items()
        if ray_casting(ring, lon, lat) and not math.isnan(value)
    ]
    assert len(inside) == 649
    expected = sum(weight * value for weight, value in inside) / sum(weight for weight, _ in inside)
    field = np.array([[known[(lat, lon)] for lon in LONGITUDES] for lat in LATITUDES])
    dataset = oisst.parse(fields(*JULY, field), ROW)
    assert dataset["value"].item() == pytest.approx(expected, abs=0.05)
    assert 25 < dataset["value"].item() < 28
    assert dataset["n_cells"].item() == pytest.approx(649, abs=5)
    assert dataset["note"].item() == f"{dataset['n_cells'].item()} cells on 31 days"


def test_garabogaz_is_not_part_of_the_mean(samples):
    """On the recorded day the bay had up to 36.9 degC."""
    known = recorded(samples)
    field = np.array([[known[(lat, lon)] for lon in LONGITUDES] for lat in LATITUDES])
    bay = regions.contains(regions.outlines()["kara-bogaz"], LATITUDES[:, None], LONGITUDES[None, :])
    assert field[bay].max() == pytest.approx(36.9, abs=0.05)
    cold = np.where(bay, 0.0, field)
    warm, chilled = (oisst.parse(fields(*JULY, values), ROW) for values in (field, cold))
    assert chilled["value"].item() == pytest.approx(warm["value"].item(), abs=0.02)


def test_no_cell_of_a_recorded_field_over_the_aral_has_a_value(samples):
    aral = regions.outlines()["aral"]
    known = recorded(samples)
    inside = [value for (lat, lon), value in known.items() if regions.contains(aral, np.array([lat]), lon)[0]]
    assert len(inside) > 100
    assert np.isnan(inside).all()


# ---- months ----------------------------------------------------------------------------------------------


def test_a_year_is_twelve_months_in_degrees():
    dataset = finished(fields(date(2024, 1, 1), date(2024, 12, 31), 12.5))
    assert dataset.sizes["time"] == 12
    assert dataset["value"].values == pytest.approx(12.5, abs=1e-4)
    assert dataset["value"].attrs["units"] == "degC"
    assert dataset["value"].attrs["standard_name"] == "sea_surface_temperature"
    assert dataset["provisional"].values.tolist() == [0] * 12
    assert dataset["note"].values[1].endswith("cells on 29 days")
    assert str(dataset["time"].values[1])[:10] == "2024-02-01"


def test_kelvin_becomes_degrees():
    assert finished(fields(*JULY, 300.15, units="kelvin"))["value"].item() == pytest.approx(27.0, abs=1e-3)


def test_north_and_south_weigh_by_the_area_of_their_cells():
    """A field that is 10 south of 41.875 N and 20 north of it, weighed by hand with cosines."""
    field = np.where(LATITUDES[:, None] < 42, 10.0, 20.0) * np.ones(len(LONGITUDES))
    cosines = np.cos(np.radians(LATITUDES))[:, None] * INSIDE
    expected = (cosines * field).sum() / cosines.sum()
    assert oisst.parse(fields(*JULY, field), ROW)["value"].item() == pytest.approx(expected, abs=0.05)
    assert 14 < expected < 16


@pytest.mark.parametrize(("missing", "kept"), [(0, True), (6, True), (7, False)])
def test_a_month_needs_four_fifths_of_its_days(missing, kept):
    """Of the 31 days of July 24.8 are needed; single days are missing on the server."""
    gone = [date(2017, 7, day) for day in range(10, 10 + missing)]
    dataset = oisst.parse(fields(date(2017, 6, 1), date(2017, 8, 31), without=gone), ROW)
    assert ("2017-07" in months(dataset)) is kept
    assert {"2017-06", "2017-08"} <= set(months(dataset))
    assert dataset["provisional"].values.tolist() == [0] * len(months(dataset))


def test_the_newest_month_is_provisional_until_it_is_whole():
    dataset = oisst.parse(fields(date(2026, 7, 1), date(2026, 8, 26)), ROW)
    assert months(dataset) == ["2026-07", "2026-08"]
    assert dataset["provisional"].values.tolist() == [0, 1]
    assert months(oisst.parse(fields(date(2026, 7, 1), date(2026, 8, 20)), ROW)) == ["2026-07"]


def with_cells(share: float) -> np.ndarray:
    """A field with a temperature in about this share of the usual cells, and none elsewhere."""
    order = np.cumsum(INSIDE).reshape(INSIDE.shape)
    return np.where(INSIDE & (order <= share * 649), 15.0, np.nan)


def test_a_day_under_nine_tenths_of_the_usual_cells_does_not_count():
    days = np.broadcast_to(with_cells(1.0), (31, *INSIDE.shape)).copy()
    days[3:6] = np.where(np.isnan(with_cells(0.85)), np.nan, 99.0)
    dataset = oisst.parse(fields(*JULY, cube=days), ROW)
    assert dataset["value"].item() == pytest.approx(15.0)
    assert dataset["note"].item().endswith("on 28 days")


@pytest.mark.parametrize(("share", "fails"), [(0.95, False), (0.85, True), (0.0, True)])
def test_fields_under_nine_tenths_of_the_usual_cells_are_no_data(share, fails):
    raw = fields(*JULY, with_cells(share))
    if fails:
        with pytest.raises(NotData, match="of the usual 649 cells"):
            oisst.parse(raw, ROW)
    else:
        assert oisst.parse(raw, ROW)["value"].item() == pytest.approx(15.0)


def test_impossible_temperatures_fail_and_odd_ones_are_suspect():
    flags = [finished(fields(*JULY, value))["qc"].item() for value in (15.0, -1.6, 33.5, -2.6, 37.5)]
    assert flags == [Flag.PASS, Flag.SUSPECT, Flag.SUSPECT, Flag.FAIL, Flag.FAIL]


# ---- answers that are refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (fields(*JULY, 0.0), NotData, "noughts"),
        (fields(*JULY, np.nan), NotData, "at most 0 of the usual 649"),
        (fields(*JULY, variable="anom"), SchemaChanged, "no variable 'sst'"),
        (fields(*JULY, longitudes=LONGITUDES + 9), SchemaChanged, "is not the sea's"),
        (fields(*JULY, latitudes=LATITUDES + 1), SchemaChanged, "is not the sea's"),
        (fields(date(2017, 7, 1), date(2017, 7, 20)), NotData, "no whole month"),
        (fields(*JULY)[:-99], BadFormat, "shorter"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), UnsafeFile, "NetCDF-3 only"),
        (b"", NotData, "empty"),
    ],
)
def test_other_answers_are_refused(raw, error, words):
    with pytest.raises(error, match=words):
        oisst.parse(raw, ROW)


def test_a_unit_of_another_quantity_is_refused():
    with pytest.raises(SchemaChanged, match="'m'"):
        finished(fields(*JULY, units="m"))


# ---- through a refresh -----------------------------------------------------------------------------------


def test_refreshes_go_back_a_year_at_a_time_and_keep_what_is_stored(monkeypatch):
    kind = {"Content_Type": "application/x-netcdf"}
    first = reply(fields(date(2015, 8, 21), date(2016, 8, 20), 14.0), **kind)
    again = reply(fields(date(2016, 6, 1), date(2016, 8, 20), 15.0), **kind)
    older = reply(fields(date(2014, 9, 1), date(2015, 8, 31), 13.0), **kind)
    gone = reply(
        error(404, "Not Found: Currently unknown datasetID=x"), "404 Not Found", Content_Type="text/plain"
    )
    with serve([first, again, older, gone]) as server:
        monkeypatch.setenv("TWO_SEAS_OISST_URL", server.url)
        counts = [refresh(Selection(sources=("oisst",))).sources[0] for _ in range(3)]
    outcomes = [[item.outcome for item in source.series] for source in counts]
    assert outcomes == [["updated"], ["updated"], ["failed"]]
    assert "reloading" in counts[2].series[0].message
    stored = store.read(ROW.id)
    assert months(stored)[0] == "2014-09"
    assert months(stored)[-1] == "2016-07"
    assert stored["value"].values.tolist() == pytest.approx([13.0] * 12 + [14.0] * 9 + [15.0] * 2)


GONE = reply(
    error(404, "Not Found: Currently unknown datasetID=x"), "404 Not Found", Content_Type="text/plain"
)
CUT = reply(fields(date(2014, 9, 1), date(2015, 8, 31), 13.0)[:-99], Content_Type="application/x-netcdf")
HDF = reply(b"\x89HDF\r\n\x1a\n" + bytes(99), Content_Type="application/x-netcdf")


@pytest.mark.parametrize(
    ("backfill", "words"), [(GONE, "reloading"), (CUT, "shorter"), (HDF, "NetCDF-3 only")]
)
def test_a_year_that_cannot_be_had_does_not_cost_the_newest_months(monkeypatch, backfill, words):
    kind = {"Content_Type": "application/x-netcdf"}
    first = reply(fields(date(2015, 8, 21), date(2016, 8, 20), 14.0), **kind)
    newer = reply(fields(date(2016, 6, 1), date(2016, 9, 20), 15.0), **kind)
    with serve([first, newer, backfill]) as server:
        monkeypatch.setenv("TWO_SEAS_OISST_URL", server.url)
        refresh(Selection(sources=("oisst",)))
        done = refresh(Selection(sources=("oisst",)))
    (found,) = done.sources[0].series
    assert (found.outcome, found.newest, done.exit_code) == ("updated", "2016-08-01", 0)
    assert found.message.startswith("a piece is missing: ")
    assert words in found.message
    stored = store.read(ROW.id)
    assert stored["value"].values.tolist() == pytest.approx([14.0] * 9 + [15.0] * 3)
    # What could not be read is no kept answer: it is asked for in full the next time.
    assert len(store.raw_entries()["oisst"]) == 1


def test_an_unchanged_tail_still_says_which_piece_is_missing(monkeypatch):
    kind = {"Content_Type": "application/x-netcdf", "ETag": '"1"'}
    first = reply(fields(date(2015, 8, 21), date(2016, 8, 20), 14.0), **kind)
    newer = reply(fields(date(2016, 6, 1), date(2016, 8, 20), 14.0), **kind)
    same = reply(b"", "304 Not Modified", ETag='"1"')
    with serve([first, newer, GONE, GONE, same, GONE]) as server:
        monkeypatch.setenv("TWO_SEAS_OISST_URL", server.url)
        (last,) = [refresh(Selection(sources=("oisst",))) for _ in range(3)][-1:]
    (found,) = last.sources[0].series
    assert found.outcome == "unchanged"
    assert "a piece is missing: HTTP 404" in found.message
    assert any(found.message in line for line in report.lines(last))
