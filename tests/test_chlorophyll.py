"""Chlorophyll: monthly medians of the Middle and the South Caspian."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.io import netcdf_file

from loaders.dataset import contract
from loaders.errors import BadFormat, NotData, SchemaChanged, UnsafeFile
from loaders.geometry import regions
from loaders.geometry.regions import Outline
from loaders.quality import qc
from loaders.sources import chlorophyll
from loaders.tables.catalogue import catalogue
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held

from .payloads.chlorophyll import LATITUDES, LONGITUDES, fields

MIDDLE, SOUTH = (catalogue().series[f"caspian-{part}-chlorophyll-viirs"] for part in ("middle", "south"))
ROWS = [MIDDLE, SOUTH]
TODAY = date(2026, 8, 20)
RECORDED = "climate/erddap/rerddap_7af7a26dfab11da2d682118beeb52e2f.nc"


def finished(raw: bytes, row=SOUTH):
    return contract.check(qc.flag(contract.conform(chlorophyll.parse(raw, row), row), row))


def inside(part: str) -> np.ndarray:
    return regions.contains(regions.outlines()[f"caspian-{part}"], LATITUDES[:, None], LONGITUDES[None, :])


# ---- what is asked ---------------------------------------------------------------------------------------


def test_one_call_from_north_to_south_serves_both_parts():
    (first,) = chlorophyll.requests(ROWS, today=TODAY, held={})
    assert first.path.startswith(
        "griddap/noaacwNPPVIIRSchlaMonthly.nc?chlor_a%5Blast-11:1:last%5D%5B(0.0)%5D"
    )
    assert "%5B(45.4" in first.path
    assert first.path.index("(45.4") < first.path.index("(36.5")
    assert first.series == (MIDDLE.id, SOUTH.id)


def test_a_year_further_back_in_each_run_by_the_middle_of_the_months():
    held = {row.id: Held("2025-08-01", "2026-07-01") for row in ROWS}
    newest, older = chlorophyll.requests(ROWS, today=TODAY, held=held)
    assert "(2025-08-15T12:00:00Z):1:(last)" in newest.path
    assert "(2024-08-15T12:00:00Z):1:(2025-07-15T12:00:00Z)" in older.path
    held = {row.id: Held("2018-02-01", "2026-07-01") for row in ROWS}
    assert len(chlorophyll.requests(ROWS, today=TODAY, held=held)) == 1


def test_neither_the_north_caspian_nor_the_aral_is_made():
    rows = [row for row in catalogue().series.values() if row.indicator == "chlorophyll"]
    assert {row.place for row in rows} == {"caspian-middle", "caspian-south"}
    assert all(row.experimental for row in rows)


# ---- a recorded field ------------------------------------------------------------------------------------


def test_median_of_a_recorded_month_is_that_of_another_library(samples, monkeypatch):
    """January 2019 off California, 33 to 34 N and 119 to 120 W: the usual 0.1 to 3 mg m-3 of a coast."""
    ring = np.array([[-119.99, 33.0], [-119.0, 33.0], [-119.0, 34.0], [-119.99, 34.0]])
    place = Outline(SOUTH.place, "box off California", "", (ring,))
    monkeypatch.setattr(regions, "outlines", lambda: {SOUTH.place: place})
    with netcdf_file(samples / RECORDED, mmap=False) as plain:
        lat, lon = plain.variables["latitude"].data, plain.variables["longitude"].data
        cut = plain.variables["chlor_a"].data[0, 0][(lat > 33) & (lat < 34)][
            :, (lon > -119.99) & (lon < -119)
        ]
    dataset = chlorophyll.parse((samples / RECORDED).read_bytes(), SOUTH)
    assert dataset["value"].item() == pytest.approx(float(np.nanmedian(cut)), rel=0.02)
    assert 0.1 < dataset["value"].item() < 3
    assert dataset["n_cells"].item() == pytest.approx(np.isfinite(cut).sum(), rel=0.05)
    assert str(dataset["time"].values[0])[:10] == "2019-01-01"
    assert contract.conform(dataset, SOUTH)["value"].attrs["units"] == "mg m-3"


def test_the_writer_writes_the_recorded_form(samples):
    with netcdf_file(samples / RECORDED, mmap=False) as true:
        dimensions, unit = true.variables["chlor_a"].dimensions, true.variables["chlor_a"].units.decode()
        descending = np.diff(true.variables["latitude"].data).max() < 0
    assert dimensions == ("time", "altitude", "latitude", "longitude")
    assert unit == "mg m^-3"
    assert descending
    assert np.diff(LATITUDES).max() < 0


# ---- months ----------------------------------------------------------------------------------------------


def test_each_part_has_its_own_median():
    field = np.where(inside("south"), 0.8, np.where(inside("middle"), 0.4, 20.0))
    raw = fields(["2024-01", "2024-02"], [field, field * 2])
    south, middle = finished(raw), finished(raw, MIDDLE)
    assert south["value"].values == pytest.approx([0.8, 1.6], rel=1e-4)
    assert middle["value"].values == pytest.approx([0.4, 0.8], rel=1e-4)
    assert south["qc"].values.tolist() == [Flag.PASS, Flag.PASS]
    assert south.attrs["basin"] == "caspian-south"
    assert str(south["time"].values[1])[:10] == "2024-02-01"


def test_a_median_is_not_moved_by_a_bloom_at_the_shore():
    field = np.full(inside("south").shape, 0.5)
    field[inside("south") & (LONGITUDES[None, :] > 53)] = 60.0
    assert finished(fields(["2024-01"], [field]))["value"].item() == pytest.approx(0.5)


@pytest.mark.parametrize(("share", "flag"), [(0.25, Flag.PASS), (0.15, Flag.SUSPECT)])
def test_a_month_under_a_fifth_of_the_usual_cells_is_suspect(share, flag):
    order = np.cumsum(inside("south")).reshape(inside("south").shape)
    seen = inside("south") & (order <= share * order.max())
    raw = fields(["2024-01", "2024-02", "2024-03"], [0.5, np.where(seen, 0.7, np.nan), np.nan])
    dataset = finished(raw)
    assert dataset["qc"].values.tolist() == [Flag.PASS, flag]
    assert dataset["value"].values == pytest.approx([0.5, 0.7])
    cells = int(chlorophyll.parse(raw, SOUTH)["n_cells"].values[1])
    assert cells == pytest.approx(seen.sum(), rel=0.1)
    assert dataset["note"].values[1] == f"median of {cells} cells"


def test_amounts_beyond_the_product_are_flagged():
    raw = fields(["2024-01", "2024-02", "2024-03", "2024-04"], [0.5, 0.01, 40.0, 200.0])
    assert finished(raw)["qc"].values.tolist() == [Flag.PASS, Flag.SUSPECT, Flag.SUSPECT, Flag.FAIL]


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (fields(["2024-01"], [np.nan]), NotData, "no value over South Caspian"),
        (fields(["2024-01"], [0.0]), NotData, "noughts"),
        (fields(["2024-01"], [0.5], longitudes=LONGITUDES + 20), NotData, "no value over"),
        (fields(["2024-01"], [0.5], variable="chla"), SchemaChanged, "no variable 'chlor_a'"),
        (fields(["2024-01"], [0.5], units=""), SchemaChanged, "no unit"),
        (fields(["2024-01"], [0.5])[:-9], BadFormat, "shorter"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), UnsafeFile, "NetCDF-3 only"),
    ],
)
def test_other_answers_are_refused(raw, error, words):
    with pytest.raises(error, match=words):
        chlorophyll.parse(raw, SOUTH)


def test_a_unit_of_another_quantity_is_refused():
    with pytest.raises(SchemaChanged, match="degree_C"):
        finished(fields(["2024-01"], [0.5], units="degree_C"))
