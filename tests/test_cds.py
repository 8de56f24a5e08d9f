"""C3S lake water level. Every answer here is made up by the documents of the store: no live one was recorded.
The heights are DAHITI's of the same sea, -26.401 m in September 1992 and -28.239 m in July 2023."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

import loaders
from loaders.cache import store
from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, TooLarge, Truncated, UnsafeFile
from loaders.quality import qc
from loaders.sources import cds
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Request
from tests.loopback import reply, serve
from tests.payloads.cds import JOB, job, lake_file, packed, result, table

TODAY = date(2026, 8, 10)
POINTS = [("1992-09-28", -26.401, 0.05), ("2023-07-12", 9999.0, 9999.0), ("2023-07-22", -28.239, 0.04)]


def series(series_id: str = "caspian-level-cds") -> Series:
    return catalogue().series[series_id]


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return qc.flag(check(conform(cds.parse(raw, row), row)), row)


# ---- from the order to the file --------------------------------------------------------------------------


def test_each_lake_is_ordered_by_the_name_of_the_store():
    rows = [row for row in catalogue().series.values() if row.source == "cds"]
    asked = cds.requests(rows, today=TODAY, held={})
    assert [json.loads(request.body)["inputs"]["lake"] for request in asked] == [
        ["caspian"],
        ["kara_bogaz_gol"],
    ]
    assert all(request.step and request.path.startswith("retrieve/v1/processes/") for request in asked)
    assert len({request.name for request in asked}) == 2
    assert cds.probe(rows, today=TODAY) == asked[0]


def step(raw: bytes) -> Request | None:
    return cds.more(raw, Request("retrieve/v1/any", ("caspian-level-cds",), step=True))


def test_an_order_at_work_is_asked_again_after_a_pause():
    for state in ("accepted", "running"):
        following = step(job(state))
        assert (following.path, following.step, following.wait) == (f"retrieve/v1/jobs/{JOB}", True, 3.0)


def test_a_finished_order_leads_to_its_result_and_that_to_the_file():
    following = step(job("successful"))
    assert (following.path, following.step, following.wait) == (f"retrieve/v1/jobs/{JOB}/results", True, 0.0)
    address = "https://object-store.os-api.cci2.ecmwf.int:443/cci2-prod-cache-1/a.zip"
    last = step(result(address))
    assert (last.path, last.step) == (address, False)
    assert cds.more(b"anything", last) is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (job("failed", message="the lake is not known"), "failed the lake is not known"),
        (job("rejected"), "rejected"),
        (job("successful").replace(JOB.encode(), b"../../secret"), "number of the order"),
        (b'{"asset": {}}', "address of its file"),
        (b'{"asset": {"value": {"href": "file:///etc/passwd"}}}', "address of its file"),
        (b"[]", "not an object"),
    ],
)
def test_an_order_that_leads_nowhere_is_told(raw, said):
    with pytest.raises(BadFormat, match=said):
        step(raw)


def test_a_refresh_follows_all_steps_and_keeps_only_the_file(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_CDS_KEY", "marker-key")
    monkeypatch.setattr(cds, "PAUSE", 0.01)
    replies = []
    with serve(replies) as server:
        monkeypatch.setenv("TWO_SEAS_CDS_URL", server.url)
        steps = (job("accepted"), job("running"), job("successful"), result(server.url + "cache/a.zip"))
        replies += [reply(steps[0], "201 Created", Content_Type="application/json")]
        replies += [reply(body, Content_Type="application/json") for body in steps[1:]]
        replies += [reply(packed("caspian.nc", lake_file(POINTS)), Content_Type="application/zip")]
        replies += [reply(b'{"detail": "cost limits exceeded"}', "403 Forbidden")]
        done = loaders.refresh(loaders.Selection(sources=("cds",)))
        assert server.heads[0].startswith("POST /retrieve/v1/processes/satellite-lake-water-level/execution ")
        assert [server.path(hit) for hit in range(1, 5)] == [
            f"/retrieve/v1/jobs/{JOB}",
            f"/retrieve/v1/jobs/{JOB}",
            f"/retrieve/v1/jobs/{JOB}/results",
            "/cache/a.zip",
        ]
        assert server.header("PRIVATE-TOKEN", 1) == "marker-key"
    first, second = done.sources[0].series
    assert (first.outcome, first.newest) == ("updated", "2023-07-22")
    assert (second.outcome, second.error) == ("failed", "HttpStatus")
    assert "TWO_SEAS_CDS_KEY" in second.message
    assert "cost limits exceeded" in second.message
    assert [item["series"] for item in store.raw_entries()["cds"].values()] == [["caspian-level-cds"]]


# ---- files -----------------------------------------------------------------------------------------------

NETCDF = lake_file(POINTS)
TABLE = table([POINTS[0], POINTS[2]])


@pytest.mark.parametrize("raw", [NETCDF, packed("CASPIAN.NC", NETCDF)])
def test_heights_of_a_netcdf_file(raw):
    dataset = finished(raw)
    assert dataset["value"].values[[0, 2]] == pytest.approx([-26.401, -28.239], abs=1e-5)
    assert np.isnan(dataset["value"].values[1])
    assert dataset["uncertainty"].values[[0, 2]] == pytest.approx([0.05, 0.04], abs=1e-6)
    assert dataset["qc"].values.tolist() == [Flag.PASS, Flag.MISSING, Flag.PASS]
    assert np.datetime_as_string(dataset["time"].values, unit="D").tolist() == [point[0] for point in POINTS]
    assert dataset.attrs["datum"] == "c3s-lakes"
    assert "EGM2008" in dataset.attrs["datum_note"]
    assert dataset.attrs["provider_version"] == "version_4_0"


@pytest.mark.parametrize("raw", [TABLE, packed("caspian.csv", TABLE)])
def test_heights_of_a_table(raw):
    dataset = finished(raw)
    assert dataset["value"].values.tolist() == [-26.401, -28.239]
    assert np.datetime_as_string(dataset["time"].values[1], unit="D") == "2023-07-22"


def test_the_bay_is_not_the_sea():
    with pytest.raises(SchemaChanged, match="41.9 N 50.4 E, not of kara-bogaz"):
        cds.parse(NETCDF, series("kara-bogaz-level-cds"))
    bay = lake_file(POINTS, latitude=41.3, longitude=53.5)
    assert finished(bay, series("kara-bogaz-level-cds")).sizes["time"] == 3


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(200), UnsafeFile),
        (packed("a.nc", b"\x89HDF\r\n\x1a\n" + bytes(200)), UnsafeFile),
        (packed("../a.nc", NETCDF), UnsafeFile),
        (packed("a.txt", NETCDF), NotData),
        (packed("a.nc", NETCDF)[:-40], BadFormat),
        (NETCDF[:-20], BadFormat),
        (NETCDF[:60], BadFormat),
        (b"CDF\x01" + b"\xff" * 200, (BadFormat, TooLarge)),
        (lake_file([POINTS[1]]), NotData),
        (lake_file(POINTS, units="ft"), SchemaChanged),
        (lake_file(POINTS, time_units="months since 1950-01-01"), SchemaChanged),
        (lake_file(POINTS, time_units="days since 1950-13-01"), BadFormat),
        (lake_file([("1950-01-01", -28.0, 0.1)]), BadFormat),
        (
            NETCDF.replace(b"water_surface_height_uncertainty", b"water_surface_height_uncertainly"),
            SchemaChanged,
        ),
        (TABLE.replace(b"lat", b"x"), SchemaChanged),
        (TABLE.replace(b"2023-07-22", b"2023-07-32"), BadFormat),
        (TABLE.replace(b"-28.239", b"-28,239"), Truncated),
        (b"", NotData),
    ],
)
def test_refused_files(raw, error):
    with pytest.raises(error):
        cds.parse(raw, series())
