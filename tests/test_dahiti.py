"""DAHITI. Physical numbers: 1,112 published heights of the Caspian 1992-2023, yearly means -26.39 m (2005),
-27.41 m (2015) and -28.15 m (2022), and the height of 27 January 2000, half a metre off its neighbours."""

from __future__ import annotations

import csv
import json
import time
from datetime import date

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, HttpStatus, NotData, SchemaChanged, Truncated
from loaders.quality import qc
from loaders.sources import dahiti
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport import http
from tests.loopback import reply, serve
from tests.payloads.dahiti import error, export, levels, targets

TODAY = date(2026, 8, 10)
POINTS = [("2026-07-10", -28.41, 0.002), ("2026-07-20", -28.44, 0.001), ("2026-07-30", -28.46, 0.002)]


def series() -> Series:
    return catalogue().series["caspian-level-dahiti-api"]


def finished(raw: bytes):
    return qc.flag(check(conform(dahiti.parse(raw, series()), series())), series())


def recorded(samples) -> bytes:
    return (samples / "levels/dahiti/caspian_dahiti39_okz.csv").read_bytes()


# ---- what is asked ---------------------------------------------------------------------------------------


def test_target_39_is_asked_by_a_post_without_its_key():
    (asked,) = dahiti.requests([series()], today=TODAY, held={})
    assert (asked.path, asked.instead) == ("v3/download-water-level/", "v2/download-water-level/")
    assert json.loads(asked.body) == {"dahiti_id": 39, "format": "json"}
    assert dahiti.probe([series()], today=TODAY) == asked


def test_the_source_is_left_out_without_its_key():
    source = catalogue().sources["dahiti"]
    assert (source.key_needed, source.key_in) == (True, "body api_key")


def test_the_live_series_continues_no_embedded_one():
    names = [row.datum for row in catalogue().series.values() if (row.datum or "").startswith("dahiti")]
    assert names.count("dahiti-live") == 1
    assert {"dahiti-2023", "dahiti-2026"} <= set(names)


def test_targets_are_found_by_box():
    asked = dahiti.list_targets(south=43, north=47, west=58, east=62)
    assert asked.path == "v3/list-targets/"
    assert json.loads(asked.body) == {"min_lon": 58, "max_lon": 62, "min_lat": 43, "max_lat": 47}
    found = dahiti.targets(
        targets((9001, "Aral, Sea", 46.4, 60.6, "public"), (9002, "Aral, West", 45.0, 58.5, "restricted"))
    )
    assert [(item.dahiti_id, item.open_level) for item in found] == [(9001, True), (9002, False)]
    assert (found[0].latitude, found[0].longitude) == (46.4, 60.6)


def test_the_second_version_is_asked_where_the_third_is_not_there(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_DAHITI_KEY", "marker")
    (asked,) = dahiti.requests([series()], today=TODAY, held={})
    replies = [
        reply(b"<html><title>DAHITI</title></html>", "404 Not Found", Content_Type="text/html"),
        reply(levels(POINTS), Content_Type="application/json"),
    ]
    with serve(replies) as server:
        answer = http.get(
            catalogue().sources["dahiti"],
            asked,
            base=server.url,
            validators={},
            deadline=time.monotonic() + 5,
        )
        assert server.path() == "/v2/download-water-level/"
    assert finished(answer.body)["value"].values[-1] == -28.46


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            "403 Forbidden",
            "HTTP 403: the key in TWO_SEAS_DAHITI_KEY is missing, wrong or expired; no permission",
        ),
        ("470 Not Found", "HTTP 470: the request was refused; no permission"),
        ("471 Not Found", "HTTP 471: the request was refused; no permission"),
    ],
)
def test_a_documented_error_is_one_line(monkeypatch, status, said):
    monkeypatch.setenv("TWO_SEAS_DAHITI_KEY", "marker")
    (asked,) = dahiti.requests([series()], today=TODAY, held={})
    source = catalogue().sources["dahiti"]
    with serve([reply(error(int(status[:3]), "no permission"), status)]) as server:
        with pytest.raises(HttpStatus) as raised:
            http.get(source, asked, base=server.url, validators={}, deadline=time.monotonic() + 5)
        assert server.hits == 1
    assert str(raised.value) == said


# ---- recorded export -------------------------------------------------------------------------------------


def test_the_recorded_export_gives_the_published_means(samples):
    dataset = finished(recorded(samples))
    assert dataset.sizes["time"] == 1112
    assert dataset["value"].values[0] == -26.401
    assert np.datetime_as_string(dataset["time"].values[[0, -1]], unit="D").tolist() == [
        "1992-09-28",
        "2023-07-22",
    ]
    good = dataset["value"].where(dataset["qc"] != Flag.FAIL)
    means = good.groupby("time.year").mean()
    for year, mean in ((2005, -26.39), (2015, -27.41), (2020, -27.68), (2022, -28.15)):
        assert means.sel(year=year).item() == pytest.approx(mean, abs=0.006)


def test_exactly_one_recorded_height_fails(samples):
    dataset = finished(recorded(samples))
    failed = dataset["time"].values[dataset["qc"].values == Flag.FAIL]
    assert np.datetime_as_string(failed, unit="D").tolist() == ["2000-01-27"]
    assert int((dataset["qc"] == Flag.PASS).sum()) >= 1109


def test_json_gives_what_the_export_gives(samples):
    table = list(csv.reader(recorded(samples).decode().splitlines()))[1:]
    points = [(day, float(height), float(formal)) for day, height, formal in table]
    assert finished(levels(points)).equals(finished(recorded(samples)))
    assert finished(export(points)).equals(finished(recorded(samples)))


# ---- answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["info", "target", "other"])
@pytest.mark.parametrize(
    "names",
    [("datetime", "water_level", "error"), ("datetime", "wse", "wse_u"), ("date", "water_level", "error")],
)
def test_either_wording_is_read(names, head):
    points = [(f"{day} 12:30:00" if names[0] == "datetime" else day, *rest) for day, *rest in POINTS]
    dataset = finished(levels(points, names=names, head=head))
    assert dataset["value"].values.tolist() == [-28.41, -28.44, -28.46]
    assert dataset["uncertainty"].values.tolist() == [0.002, 0.001, 0.002]
    assert np.datetime_as_string(dataset["time"].values[-1], unit="s") == "2026-07-30T00:00:00"
    assert dataset.attrs["datum"] == "dahiti-live"
    assert "formal" in dataset.attrs["datum_note"]


def test_a_height_without_number_is_missing():
    dataset = finished(levels([*POINTS, ("2026-08-09", None, 0.0)]))
    assert np.isnan(dataset["value"].values[-1])
    assert np.isnan(dataset["uncertainty"].values[-1])
    assert dataset["qc"].values.tolist() == [Flag.PASS] * 3 + [Flag.MISSING]


def test_a_lost_sign_and_feet_fail():
    for factor in (-1, 3.281):
        points = [(day, factor * height, formal) for day, height, formal in POINTS]
        assert set(finished(levels(points))["qc"].values) == {Flag.FAIL}


WHOLE = levels(POINTS)


@pytest.mark.parametrize(
    ("raw", "failure"),
    [
        (b"", NotData),
        (levels([]), NotData),
        (levels([("2026-07-10", None, 0.0)]), NotData),
        (b"date,water level,error\n", NotData),
        (error(403, "Permission denied!"), BadFormat),
        (error(470, "DAHITI target not found!"), BadFormat),
        (levels(POINTS, dahiti_id=2), SchemaChanged),
        (levels(POINTS, dahiti_id=2, head="target"), SchemaChanged),
        (levels(POINTS, names=("datetime", "depth", "error")), SchemaChanged),
        (levels(POINTS, names=("time", "wse", "error")), SchemaChanged),
        (WHOLE.replace(b"2026-07-10", b"2026-02-30"), BadFormat),
        (WHOLE.replace(b"2026-07-10", b"0001-01-01"), BadFormat),
        (WHOLE.replace(b"-28.41", b'"high"'), BadFormat),
        (WHOLE.replace(b"-28.41", b"true"), BadFormat),
        (WHOLE.replace(b"-28.41", b"NaN"), BadFormat),
        (WHOLE[:-5], Truncated),
        (b"[1, 2]", BadFormat),
        (b'{"data": 5}', BadFormat),
        (b"plain words\n", SchemaChanged),
        (b"date,water level,error\n2026-07-10,-28,41,0.002\n", Truncated),
    ],
)
def test_refused_answers(raw, failure):
    with pytest.raises(failure):
        dahiti.parse(raw, series())


@pytest.mark.parametrize("raw", [targets(), b'{"data": [{}]}', b'{"data": [{"dahiti_id": "x"}]}'])
def test_a_list_of_targets_without_a_target_is_refused(raw):
    with pytest.raises((NotData, BadFormat)):
        dahiti.targets(raw)
