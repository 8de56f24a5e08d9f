"""The Global Carbon Budget. Physical numbers: Kazakhstan 244.9 Mt (2021) and 287.0 Mt (2024) as published;
Azerbaijan's 10.040 Mt of carbon in 2018 of an older release are 36.8 Mt of CO2 (factor 3.664)."""

from __future__ import annotations

import csv
import time
from datetime import date

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.quality import qc
from loaders.sources import gcb
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport import http
from tests.loopback import reply, serve
from tests.payloads.gcb import table

TODAY = date(2026, 8, 10)
KAZ = {1830: 0.0, 1949: 60.0, 1950: 66.0, 2020: None, 2021: 244.904, 2024: 287.006}


def series(series_id: str = "kaz-co2-gcb") -> Series:
    return catalogue().series[series_id]


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return qc.flag(check(conform(gcb.parse(raw, row), row)), row)


def test_one_file_serves_the_eight_countries():
    rows = [row for row in catalogue().series.values() if row.source == "gcb"]
    (asked,) = gcb.requests(rows, today=TODAY, held={})
    assert asked.path == "17417124/files/GCB2025v15_MtCO2_flat.csv"
    assert set(asked.series) == {row.id for row in rows}
    assert {row.place for row in rows} == {"kaz", "uzb", "tkm", "kgz", "tjk", "aze", "rus", "irn"}
    assert gcb.probe(rows, today=TODAY).path == asked.path


def test_the_release_before_is_asked_where_the_newest_is_not_there():
    source = catalogue().sources["gcb"]
    (asked,) = gcb.requests([series()], today=TODAY, held={})
    with serve(
        [reply(b"gone", "404 Not Found"), reply(table({"KAZ": KAZ}), Content_Type="text/csv")]
    ) as server:
        answer = http.get(source, asked, base=server.url, validators={}, deadline=time.monotonic() + 5)
        assert server.path() == "/13981696/files/GCB2024v17_MtCO2_flat.csv"
    assert finished(answer.body)["value"].values[-1] == pytest.approx(287.006)


@pytest.mark.parametrize("m49", [True, False])
def test_million_tonnes_by_country_code_from_1950_on(m49):
    dataset = finished(table({"UZB": {2024: 130.0}, "KAZ": KAZ, "RUS": {2024: 1780.0}}, m49=m49))
    assert dataset["time"].dt.year.values.tolist() == [1950, 2021, 2024]
    assert dataset["value"].values == pytest.approx([66.0, 244.904, 287.006])
    assert dataset["value"].attrs["units"] == "Mt"
    assert dataset["provisional"].values.tolist() == [0, 0, 1]
    assert dataset["qc"].values.tolist() == [Flag.PASS] * 3


def test_values_of_an_older_release_survive_the_new_form(samples):
    """The sample is in carbon and of another layout: it lends its numbers, times 3.664."""
    path = samples / "national/gcb/territorial-emissions_2019v1.0.subset.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    carbon = {int(row["Year"]): float(row["Emissions"]) for row in rows if row["Code"] == "AZE"}
    raw = table({"AZE": {year: 3.664 * value for year, value in carbon.items()}})
    dataset = finished(raw, series("aze-co2-gcb"))
    assert dataset["value"].values[-1] == pytest.approx(36.787, abs=0.001)
    assert dataset["value"].to_series()["1990-01-01"] == pytest.approx(51.692, abs=0.001)
    assert set(dataset["qc"].values) == {Flag.PASS}
    with pytest.raises(SchemaChanged, match="iso 3166-1 alpha-3"):
        gcb.parse(path.read_bytes(), series("aze-co2-gcb"))


def test_tonnes_in_place_of_million_tonnes_fail():
    tonnes = finished(table({"KAZ": {2023: 286_175_000.0, 2024: 287_006_000.0}}))
    assert tonnes["qc"].values.tolist() == [Flag.FAIL] * 2


WHOLE = table({"KAZ": KAZ})


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (table({}), NotData),
        (table({"UZB": {2024: 130.0}}), NotData),
        (table({"KAZ": {2023: 0.0, 2024: 0.0}}), NotData),
        (table({"KAZ": {1830: 5.0}}), NotData),
        (WHOLE.replace(b"Total", b"Sum"), SchemaChanged),
        (WHOLE.replace(b",2024,", b",24,"), BadFormat),
        (WHOLE.replace(b",2021,", b",2024,"), BadFormat),
        (WHOLE.replace(b"287.006", b"287 006"), BadFormat),
        (WHOLE.replace(b"287.006", b"287,006"), Truncated),
    ],
)
def test_refused_tables(raw, error):
    with pytest.raises(error):
        gcb.parse(raw, series())


@pytest.mark.parametrize("cut", range(1, 200, 9))
def test_a_cut_never_makes_a_smaller_emission(cut):
    try:
        found = gcb.parse(WHOLE[:-cut], series())["value"].values
    except (NotData, Truncated, SchemaChanged):
        return
    assert np.all(np.isin(found, [66.0, 244.904, 287.006]))
