"""Ember. Physical numbers: Kazakhstan at 802 g/kWh in 2024 in Ember's own table, and the 7.6 of 118.5 TWh of
2024 that are renewable by the official definition, without large hydropower."""

from __future__ import annotations

import csv
import json
import time
from datetime import date

import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, HttpStatus, NotData, SchemaChanged, Truncated
from loaders.quality import qc
from loaders.sources import ember
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport import http
from tests.loopback import reply, serve
from tests.payloads.ember import answer, generation, intensity

TODAY = date(2026, 8, 10)
EIGHT = "KAZ,UZB,TKM,KGZ,TJK,AZE,RUS,IRN"
KAZ = {2019: 841.0, 2023: 821.9, 2024: 801.95}


def series(series_id: str = "kaz-carbon-intensity-ember-api") -> Series:
    return catalogue().series[series_id]


def all_rows() -> list[Series]:
    return [row for row in catalogue().series.values() if row.source == "ember"]


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return qc.flag(check(conform(ember.parse(raw, row), row)), row)


# ---- requests --------------------------------------------------------------------------------------------


def test_three_tables_are_asked_for_all_their_countries_without_a_key():
    asked = [request.path for request in ember.requests(all_rows(), today=TODAY, held={})]
    assert asked == [
        f"carbon-intensity/yearly?entity_code={EIGHT}&start_date=2000&end_date=2026",
        "electricity-generation/yearly?is_aggregate_series=true&entity_code=KAZ,UZB,KGZ,TJK,AZE,RUS,IRN"
        "&start_date=2000&end_date=2026",
        "electricity-generation/yearly?is_aggregate_series=false&entity_code=KAZ,UZB,KGZ,TJK,RUS,TKM,AZE,IRN"
        "&start_date=2000&end_date=2026",
    ]
    probe = ember.probe([series(), series("uzb-carbon-intensity-ember-api")], today=TODAY)
    assert probe.path == "carbon-intensity/yearly?entity_code=KAZ&start_date=2020&end_date=2026"


def test_the_key_is_sent_and_not_kept(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_EMBER_KEY", "marker-key")
    source = catalogue().sources["ember"]
    asked = ember.requests(all_rows(), today=TODAY, held={})[0]
    with serve([reply(answer(intensity({"KAZ": KAZ})), Content_Type="application/json")]) as server:
        found = http.get(source, asked, base=server.url, validators={}, deadline=time.monotonic() + 5)
        assert server.path().endswith("&api_key=marker-key")
        assert "marker" not in found.url
    with serve([reply(b'{"detail": "key marker-key unknown"}', "403 Forbidden")]) as server:
        with pytest.raises(HttpStatus, match="the key in TWO_SEAS_EMBER_KEY is missing") as raised:
            http.get(source, asked, base=server.url, validators={}, deadline=time.monotonic() + 5)
        assert "marker" not in str(raised.value)


def test_a_share_with_hydropower_says_so_wherever_it_is_shown():
    row = series("kaz-renewables-share-ember")
    assert "hydropower included" in row.title
    assert "15 % target" in (row.caveat or "")
    assert (
        catalogue().series["kaz-renewables-official-published"].independence_group != row.independence_group
    )


# ---- values ----------------------------------------------------------------------------------------------


def test_a_published_table_in_the_form_of_the_api_gives_its_numbers(samples):
    path = samples / "national/ember/api_country_overview_yearly.subset.csv"
    table = [row for row in csv.DictReader(path.open(encoding="utf-8")) if len(row["country_code"]) == 3]
    values: dict[str, dict[int, float]] = {}
    for row in table:
        intensities = values.setdefault(row["country_code"], {})
        intensities[int(row["year"])] = float(row["emissions_intensity_gco2_per_kwh"])
    raw = answer(intensity(values))
    dataset = finished(raw)
    assert dataset["value"].to_series()["2024-01-01"] == 801.95
    assert dataset["value"].attrs["units"] == "g/kWh"
    assert dataset["time"].dt.year.values[[0, -1]].tolist() == [2000, 2024]
    for row in all_rows():
        if row.indicator == "carbon-intensity":
            assert set(finished(raw, row)["qc"].values) == {Flag.PASS}


def test_generation_is_told_apart_by_kind_and_country():
    records = [
        *generation("KAZ", "Coal", {2023: (66.1, 58.0), 2024: (64.9, 54.8)}),
        *generation("KAZ", "Wind", {2024: (4.6, 3.9)}),
        *generation("UZB", "Coal", {2024: (5.2, 6.5)}),
    ]
    coal = finished(answer(records), series("kaz-coal-generation-ember"))
    assert coal["value"].values.tolist() == [66.1, 64.9]
    assert coal["value"].attrs["units"] == "TWh"
    assert coal["provisional"].values.tolist() == [0, 1]
    assert coal.attrs["provider_version"] == "as of 2026-08-28"
    assert finished(answer(records), series("uzb-coal-generation-ember"))["value"].item() == 5.2


def test_the_share_of_renewables_is_the_sum_of_the_api_and_not_the_official_one():
    raw = answer(generation("KAZ", "Renewables", {2024: (18.0, 15.2)}, aggregate=True))
    share = finished(raw, series("kaz-renewables-share-ember"))
    assert (share["value"].item(), share["value"].attrs["units"]) == (15.2, "%")
    assert share["value"].item() > 100 * 7.6 / 118.5


def test_a_year_with_null_is_left_out():
    dataset = finished(answer(intensity({"KAZ": {2023: 821.9, 2024: None}})))
    assert dataset["time"].dt.year.values.tolist() == [2023]


def test_every_row_of_the_catalogue_reads_its_own_records():
    for row in all_rows():
        iso3 = str(row.provider["iso3"])
        if row.indicator == "carbon-intensity":
            records = intensity({"WLD": {2023: 1.0}, iso3: {2023: 12.5}})
        else:
            records = generation("WLD", str(row.provider["series"]), {2023: (1.0, 1.0)})
            records += generation(iso3, "Other", {2023: (2.0, 2.0)})
            records += generation(iso3, str(row.provider["series"]), {2023: (12.5, 12.5)})
        assert ember.parse(answer(records), row)["value"].values.tolist() == [12.5]
        assert row.place == iso3.lower()


def test_kilograms_in_place_of_grams_would_not_pass_unseen():
    assert finished(answer(intensity({"KAZ": {2023: 821_900.0, 2024: 801_950.0}})))["qc"].values.tolist() == [
        4,
        4,
    ]


def changed(**fields) -> bytes:
    records = intensity({"KAZ": KAZ})
    records[1] |= fields
    return answer(records)


WITHOUT = [{"entity_code": "KAZ", "date": "2024", "intensity": 5.0}]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (answer([]), NotData),
        (answer(intensity({"UZB": KAZ})), NotData),
        (answer(intensity({"KAZ": {2023: 0.0}})), NotData),
        (answer(intensity({"KAZ": KAZ}), announced=9), Truncated),
        (answer(WITHOUT), SchemaChanged),
        (changed(date="2024"), BadFormat),
        (changed(date="2024-07"), BadFormat),
        (changed(date=2023), BadFormat),
        (changed(emissions_intensity_gco2_per_kwh="822"), BadFormat),
        (changed(emissions_intensity_gco2_per_kwh=True), BadFormat),
        (changed(emissions_intensity_gco2_per_kwh=float("nan")), BadFormat),
        (b'{"detail": "Invalid series"}', BadFormat),
        (json.dumps({"data": [1]}).encode(), BadFormat),
        (b"[]", BadFormat),
        (answer(intensity({"KAZ": KAZ}))[:-9], Truncated),
    ],
)
def test_refused_answers(raw, error):
    with pytest.raises(error):
        ember.parse(raw, series())
