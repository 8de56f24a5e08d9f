"""Climate TRACE. Physical numbers: Afghanistan's recorded months, 83.68 Mt in eleven of 2025 (20-year
potentials); a twelfth of Kazakhstan's 319 Mt a year (UNEP, 2023) for the form of this project's gas."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged, Truncated
from loaders.pipeline.assemble import assemble
from loaders.sources import climate_trace
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.climate_trace import answer

TODAY = date(2026, 8, 10)
NOW = datetime.fromisoformat("2026-08-10T00:00:00+00:00")
FOLDER = "national/climate_trace"
MONTH = 319e6 / 12


def series(series_id: str = "kaz-ghg-climate-trace", **provider) -> Series:
    row = catalogue().series[series_id]
    return row.model_copy(update={"provider": row.provider | provider})


def recorded(samples, year: int) -> bytes:
    return (samples / FOLDER / f"sources-emissions-year-{year}-gas-co2e-20yr-gadmid-afg.json").read_bytes()


def joined(*bodies: bytes):
    row, source = series(), catalogue().sources["climate-trace"]
    return assemble(row, source, climate_trace.parse, bodies, retrieved=NOW, now=NOW, old=None).dataset


def test_each_country_is_asked_for_each_finished_year_of_100_year_potentials():
    rows = [row for row in catalogue().series.values() if row.source == "climate-trace"]
    asked = climate_trace.requests(rows, today=TODAY, held={})
    assert len(rows) == 8
    assert len(asked) == 8 * 5
    assert [request.path for request in asked[:5]] == [
        f"sources/emissions?year={year}&gas=co2e_100yr&gadmId=KAZ" for year in range(2021, 2026)
    ]
    assert {request.series[0] for request in asked[:5]} == {"kaz-ghg-climate-trace"}


@pytest.mark.parametrize(("day", "year"), [(date(2026, 8, 10), 2025), (date(2027, 2, 1), 2025)])
def test_the_probe_asks_a_year_that_is_whole(day, year):
    assert climate_trace.probe([series()], today=day).path.startswith(f"sources/emissions?year={year}&")


# ---- recorded answers ------------------------------------------------------------------------------------


def test_recorded_months_are_of_another_gas(samples):
    with pytest.raises(SchemaChanged, match="co2e_20yr"):
        climate_trace.parse(recorded(samples, 2025), series(iso3="AFG"))


def test_recorded_months_with_their_gas_renamed_and_a_december_make_a_year(samples):
    body = json.loads(recorded(samples, 2025))
    months = body["totals"]["timeseries"]
    for month in months:
        month["gas"] = "co2e_100yr"
    with pytest.raises(NotData, match="only 11 months of 2025"):
        climate_trace.parse(json.dumps(body).encode(), series(iso3="AFG"))
    months.append({"year": 2025, "month": 12, "gas": "co2e_100yr", "emissionsQuantity": 7_500_000.0})
    row = series(iso3="AFG")
    dataset = check(conform(climate_trace.parse(json.dumps(body).encode(), row), row))
    assert dataset["value"].item() == pytest.approx(83.678105 + 7.5)
    assert dataset["value"].attrs["units"] == "Mt CO2e"


def test_null_wins_over_nought_in_a_recorded_year_without_data(samples):
    body = recorded(samples, 2026)
    assert json.loads(body)["totals"]["summaries"][0]["emissionsQuantity"] == 0
    with pytest.raises(NoValue, match="no data of AFG"):
        climate_trace.parse(body, series(iso3="AFG"))


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    true = json.loads(recorded(samples, 2026))
    assert json.loads(answer("AFG", 2026, None, gas="co2e_20yr", name="Afghanistan")) == true
    months = json.loads(recorded(samples, 2025))["totals"]["timeseries"]
    ours = answer("AFG", 2025, [item["emissionsQuantity"] for item in months], gas="co2e_20yr")
    assert json.loads(ours)["totals"]["timeseries"] == months


# ---- years -----------------------------------------------------------------------------------------------


def test_years_are_joined_and_unfinished_ones_left_out():
    dataset = joined(
        answer("KAZ", 2023, [MONTH] * 12),
        answer("KAZ", 2024, [MONTH * 1.1] * 12),
        answer("KAZ", 2025, [MONTH] * 9),
    )
    assert dataset["time"].dt.year.values.tolist() == [2023, 2024]
    assert dataset["value"].values == pytest.approx([319.0, 350.9])
    assert dataset["qc"].values.tolist() == [Flag.PASS] * 2
    newer = joined(answer("KAZ", 2024, [MONTH] * 12), answer("KAZ", 2025, [MONTH] * 12))
    assert newer["provisional"].values.tolist() == [0, 1]


def test_a_month_without_a_number_leaves_the_year_out():
    with pytest.raises(NotData, match="only 11 months"):
        climate_trace.parse(answer("KAZ", 2023, [MONTH] * 11 + [None]), series())


def test_kilotonnes_in_place_of_tonnes_fail():
    assert joined(answer("KAZ", 2023, [MONTH / 1000] * 12))["qc"].values.tolist() == [Flag.FAIL]


def changed(**fields) -> bytes:
    body = json.loads(answer("KAZ", 2023, [MONTH] * 12))
    body["totals"]["timeseries"][3] |= fields
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (answer("KAZ", 2023, []), NotData),
        (answer("KAZ", 2023, [0.0] * 12), NotData),
        (answer("UZB", 2023, [MONTH] * 12), SchemaChanged),
        (changed(gas="co2"), SchemaChanged),
        (changed(month=13), BadFormat),
        (changed(month=1), BadFormat),
        (changed(month=True), BadFormat),
        (changed(month="4"), BadFormat),
        (changed(year=2024), BadFormat),
        (changed(year="2023"), BadFormat),
        (changed(year={}), BadFormat),
        (changed(emissionsQuantity="5"), BadFormat),
        (changed(emissionsQuantity=float("nan")), BadFormat),
        (b"[]", BadFormat),
        (b'{"location": {}}', BadFormat),
        (b'{"location": {"gadmId": "KAZ"}, "totals": {"timeseries": 5}}', BadFormat),
        (b'{"location": {"gadmId": "KAZ"}, "totals": {"timeseries": [5]}}', BadFormat),
        (answer("KAZ", 2023, [MONTH] * 12)[:-30], Truncated),
    ],
)
def test_refused_answers(raw, error):
    with pytest.raises(error):
        climate_trace.parse(raw, series())
