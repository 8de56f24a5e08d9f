"""What leaves the project in a file: terms in the header, numbers as numbers, no formula from upstream."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.io import netcdf_file

import loaders
from loaders.access.export import package, to_csv, to_netcdf, to_zip

HOSTILE = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a # b", "plain, with comma", 'quote "x"']


def level(**attrs) -> xr.Dataset:
    days = np.datetime64("2020-01-01", "ns") + np.arange(5) * np.timedelta64(10, "D")
    return xr.Dataset(
        {
            "value": ("time", [-28.1, -28.25, 1e-7, -99.0, np.nan]),
            "uncertainty": ("time", [0.04, np.nan, 0.1, 0.1, np.nan]),
            "qc": ("time", np.array([1, 2, 3, 4, 9], dtype="int8")),
            "provisional": ("time", np.array([0, 0, 1, 1, 1], dtype="int8")),
        },
        coords={"time": days},
        attrs={
            "series_id": "a-level",
            "title": "A level",
            "datum": "egm2008-gwm",
            "units": "m",
            "source": "S",
            "licence": "L",
            "citation": "C",
            "retrieved_at": "2026-11-01T10:00:00Z",
            "caveat": "One track.",
        }
        | attrs,
    )


def header(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), comment="#", dtype={"series_id": str}, float_precision="round_trip")


@pytest.mark.fault("U08")
def test_header_states_terms_and_view():
    assert header(to_csv([level()], view="https://example.org/level?sea=caspian")) == [
        "# series: a-level",
        "# title: A level",
        "# datum: egm2008-gwm",
        "# unit: m",
        "# source: S",
        "# licence: L",
        "# citation: C",
        "# retrieved: 2026-11-01T10:00:00Z",
        "# caveat: One track.",
        "# view: https://example.org/level?sea=caspian",
    ]


def test_failed_and_missing_values_are_left_out_unless_raw_is_asked():
    assert table(to_csv([level()]))["qc"].tolist() == [1, 2, 3]
    whole = table(to_csv([level()], raw=True))
    assert whole["qc"].tolist() == [1, 2, 3, 4, 9]
    assert whole["value"].tolist()[:4] == [-28.1, -28.25, 1e-7, -99.0]
    assert np.isnan(whole["value"].iloc[4])


@pytest.mark.fault("U08")
def test_numbers_stay_numbers_and_dates_dates():
    text = to_csv([level()])
    assert text.splitlines()[9] == "series_id,time,value,uncertainty,qc,provisional"
    assert text.splitlines()[10] == "a-level,2020-01-01,-28.1,0.04,1,0"
    assert text.splitlines()[11] == "a-level,2020-01-11,-28.25,,2,0"
    assert text.endswith("\n")


def test_an_hour_of_the_day_makes_all_times_full():
    later = level(series_id="b-level")
    later["time"] = later["time"] + np.timedelta64(13 * 3600 + 5, "s")
    text = to_csv([level(), later])
    assert "a-level,2020-01-01T00:00:00Z,-28.1" in text
    assert "b-level,2020-01-01T13:00:05Z,-28.1" in text
    times = pd.to_datetime(table(text)["time"])
    assert times.iloc[-1] == pd.Timestamp("2020-01-21T13:00:05Z")


def test_columns_that_only_one_series_has_are_empty_in_the_other():
    noted = level(series_id="b-level")
    noted["note"] = ("time", np.array(["x"] * 5))
    rows = list(csv.DictReader([line for line in to_csv([level(), noted]).splitlines() if line[0] != "#"]))
    assert [row["note"] for row in rows] == ["", "", "", "x", "x", "x"]


def test_missions_are_written_as_words():
    flown = level()
    meaning = {"flag_values": np.array([1, 2], dtype="int8"), "flag_meanings": "TOPEX JASN3"}
    flown["mission"] = ("time", np.array([1, 2, 2, 1, 7], dtype="int8"), meaning)
    assert table(to_csv([flown], raw=True))["mission"].tolist() == ["TOPEX", "JASN3", "JASN3", "TOPEX", "7"]


@pytest.mark.fault("U08")
@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_upstream_opens_no_formula(text):
    noted = level(citation=text, caveat=f"See 5,{text}", title=f"x;{text}")
    noted["note"] = ("time", np.array([text] * 5))
    written = to_csv([noted])
    body = [line for line in written.splitlines(keepends=True) if not line.startswith("#")]
    cells = list(csv.DictReader(io.StringIO("".join(body), newline="")))
    assert cells[0]["note"][0] not in "=+-@\t\r"
    assert float(cells[0]["value"]) == -28.1
    assert all("#" not in line for line in body)
    assert len(header(written)) == 9
    for line in header(written):
        assert "#" not in line[1:]
        # A spreadsheet splits a line at its commas or semicolons: no piece may begin a formula.
        for piece in line.replace(";", ",").split(","):
            assert piece.strip()[:1] not in tuple("=+-@")


def test_links_keep_working_without_their_hash():
    assert "# view: https://example.org/x%23part" in to_csv([level()], view="https://example.org/x#part")


def test_netcdf_is_read_by_another_library_and_gives_the_same_numbers():
    with netcdf_file(io.BytesIO(to_netcdf(level())), mmap=False) as read:
        assert read.variables["value"][:4].tolist() == [-28.1, -28.25, 1e-7, -99.0]
        assert read.datum == b"egm2008-gwm"
        assert read.licence == b"L"


def test_several_series_are_one_csv_or_a_zip_of_netcdf():
    pair = [level(), level(series_id="b-level")]
    assert package(pair, "csv")[0] == "two-seas.csv"
    assert package(pair[:1], "csv")[0] == "a-level.csv"
    assert package(pair[:1], "netcdf")[0] == "a-level.nc"
    name, data = package(pair, "netcdf")
    assert name == "two-seas.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["a-level.nc", "b-level.nc"]
        with netcdf_file(io.BytesIO(archive.read("b-level.nc")), mmap=False) as read:
            assert read.series_id == b"b-level"
            assert read.variables["qc"][:].tolist() == [1, 2, 3]
    assert to_zip({"x": b"1"}) == to_zip({"x": b"1"})


@pytest.mark.parametrize(
    "series_id", [row["id"] for row in loaders.list_series() if row["state"] == "baseline"]
)
def test_every_embedded_series_comes_back_from_its_csv(series_id):
    opened = loaders.open_series(series_id, origin="baseline")
    text = loaders.to_csv([opened], raw=True)
    found = table(text)
    assert np.array_equal(found["value"].to_numpy(), opened["value"].values, equal_nan=True)
    assert np.array_equal(pd.to_datetime(found["time"]).to_numpy(), opened["time"].values)
    lines = dict(line[2:].split(": ", 1) for line in header(text))
    assert lines["licence"] != "none"
    assert lines["citation"] != "none"
    assert (lines["datum"] == "none") == (opened.attrs["indicator"] not in ("level", "level-change"))
