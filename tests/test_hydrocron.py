"""Hydrocron. Recorded by NASA: lake 8510353162 at 361.658 m with 0.020346 km2 on 18 September 2024."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import hydrocron
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.hydrocron import FIELDS, answer

TODAY = date(2026, 8, 10)
FILL = -999999999999.0
PASSES = [
    ("2024-06-01T01:02:03Z", -28.40, 371000.0, 0, 0),
    ("2024-06-11T01:02:03Z", -28.45, 12000.0, 1, 1),
    ("2024-06-21T01:02:03Z", -27.00, 371500.0, 2, 0),
    ("2024-07-01T01:02:03Z", FILL, FILL, 0, 0),
    ("no_data", FILL, FILL, 0, 0),
]


def series(field: str = "wse", lake_id: str = "2420000000") -> Series:
    """No lake of the two seas is known by its id yet: a row is made for the test."""
    like = "caspian-area-published" if field == "area_total" else "caspian-level-gwm"
    changes = {"provider": {"lake_id": lake_id, "field": field}, "source": "hydrocron", "credit": None}
    return catalogue().series[like].model_copy(update=changes | {"id": f"made-up-{like}", "qc": None})


def finished(raw: bytes, row: Series):
    return check(conform(hydrocron.parse(raw, row), row))


def recorded(samples, name: str) -> bytes:
    return (samples / "levels/hydrocron" / name).read_bytes()


def test_nothing_is_listed_while_no_lake_is_known():
    assert not [row for row in catalogue().series.values() if row.source == "hydrocron"]
    assert hydrocron.requests([], today=TODAY, held={}) == []


def test_one_request_per_lake_since_the_satellite_measures():
    rows = [series("wse"), series("area_total"), series("wse", "7")]
    first, second = hydrocron.requests(rows, today=TODAY, held={})
    assert first.path == (
        "timeseries?feature=PriorLake&feature_id=2420000000&start_time=2023-01-01T00:00:00Z"
        "&end_time=2026-08-10T00:00:00Z&output=csv&fields=lake_id,time_str,wse,area_total,quality_f,partial_f"
    )
    assert first.series == (rows[0].id, rows[1].id)
    assert "feature_id=7&" in second.path
    assert "start_time=2025-01-01" in hydrocron.probe(rows, today=TODAY).path


# ---- recorded answers ------------------------------------------------------------------------------------


def test_recorded_passes_give_height_and_suspicion(samples):
    dataset = finished(recorded(samples, "lake_basic.csv"), series("wse", "8510353162"))
    assert dataset["value"].values.tolist() == [364.464, 361.658]
    assert dataset["qc"].values.tolist() == [Flag.SUSPECT, Flag.PASS]
    assert np.datetime_as_string(dataset["time"].values[1], unit="s") == "2024-09-18T18:34:30"
    assert dataset["value"].attrs["units"] == "m"
    four = finished(recorded(samples, "lake_d_basic.csv"), series("wse", "7230381002"))
    assert four["value"].values.tolist() == [575.275, 575.29, 575.324, 575.494]


def test_a_recorded_area_without_word_of_its_part_is_not_believed(samples):
    with pytest.raises(SchemaChanged, match="partial_f"):
        hydrocron.parse(recorded(samples, "lake_basic.csv"), series("area_total", "8510353162"))


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    true = recorded(samples, "lake_basic.csv")
    passes = [
        ("2024-09-12T03:15:36Z", 364.464, 0.043329, 1, 0),
        ("2024-09-18T18:34:30Z", 361.658, 0.020346, 0, 0),
    ]
    assert answer("8510353162", passes, fields=FIELDS[:3]).strip() == true.strip()


def test_the_table_may_come_without_its_envelope(samples):
    table = json.loads(recorded(samples, "lake_basic.csv"))["results"]["csv"]
    assert hydrocron.parse(table.encode(), series("wse", "8510353162"))["value"].values[1] == 361.658


# ---- values ----------------------------------------------------------------------------------------------


def test_fill_is_missing_and_no_time_is_no_pass():
    dataset = finished(answer("2420000000", PASSES), series())
    assert dataset["value"].values[:3].tolist() == [-28.40, -28.45, -27.00]
    assert np.isnan(dataset["value"].values[3])
    assert dataset["qc"].values.tolist() == [Flag.PASS, Flag.SUSPECT, Flag.FAIL, Flag.MISSING]


def test_the_area_of_a_part_fails():
    dataset = finished(answer("2420000000", PASSES), series("area_total"))
    assert dataset["value"].values[:2].tolist() == [371000.0, 12000.0]
    assert dataset["qc"].values.tolist() == [Flag.PASS, Flag.FAIL, Flag.FAIL, Flag.MISSING]
    assert dataset["value"].attrs["units"] == "km2"


WHOLE = answer("2420000000", PASSES)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (answer("2420000000", []), NotData),
        (answer("2420000000", PASSES[3:]), NotData),
        (answer("2420000000", PASSES, hits=9), Truncated),
        (answer("1", PASSES), SchemaChanged),
        (WHOLE.replace(b"wse_units", b"wse_unit"), SchemaChanged),
        (WHOLE.replace(b"2024-06-01T01:02:03Z", b"2024-06-31T01:02:03Z"), BadFormat),
        (WHOLE.replace(b"2024-06-01T01:02:03Z", b"1970-01-01T00:00:00Z"), BadFormat),
        (WHOLE.replace(b"-28.4,", b"high,"), BadFormat),
        (b'{"error": "400: no data for this id"}', BadFormat),
        (b'{"results": {"csv": 5}}', BadFormat),
        (WHOLE[:-20], Truncated),
    ],
)
def test_refused_answers(raw, error):
    with pytest.raises(error):
        hydrocron.parse(raw, series())


def test_two_units_in_one_answer_are_refused():
    table = json.loads(WHOLE)["results"]["csv"].replace(",m,", ",ft,", 1)
    with pytest.raises(SchemaChanged, match="several units"):
        hydrocron.parse(table.encode(), series())
