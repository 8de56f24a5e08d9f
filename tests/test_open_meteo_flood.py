"""The Open-Meteo flood service: rivers by their channel cell, points beside the river refused."""

from __future__ import annotations

import csv
import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import open_meteo_flood as flood
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.transport.question import Held
from loaders.transport.spans import weight
from tests.payloads.open_meteo_flood import DISCHARGE, answer, cell, days

TODAY = date(2026, 11, 24)
# GRDC number of the gauge by which each row was placed.
GAUGES = {
    "volga": "6977100",
    "ural": "2319200",
    "kura": "6590700",
    "syr-darya": "2316200",
    "amu-darya": "2617110",
}


def series(series_id: str = "volga-discharge-glofas", **provider) -> Series:
    row = catalogue().series[series_id]
    return row.model_copy(update={"provider": row.provider | provider})


def all_rows() -> list[Series]:
    return [row for row in catalogue().series.values() if row.source == "open-meteo-flood"]


def asked(request) -> dict[str, str]:
    parts = urlsplit(request.path)
    assert parts.path == "flood"
    return {key: value[0] for key, value in parse_qs(parts.query).items()}


def volga(start: date, end: date, values=None, **changes) -> bytes:
    when = days(start, end)
    return answer(cell(48.825, 44.575, when, values or [7800.0] * len(when), **changes))


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(flood.parse(raw, row), row))


# ---- what a run asks for ---------------------------------------------------------------------------------


def test_one_call_names_all_six_rivers_dates_and_model():
    tail, back = flood.requests(all_rows(), today=TODAY, held={})
    query = asked(tail)
    assert [row.place for row in all_rows()] == ["volga", "ural", "kura", "terek", "syr-darya", "amu-darya"]
    assert query["latitude"].split(",")[0] == "48.825"
    assert query["longitude"].count(",") == 5
    fixed = {
        "daily": DISCHARGE,
        "timezone": "GMT",
        "models": "seamless_v4",
        "cell_selection": "nearest",
        "end_date": "2026-11-23",
    }
    assert query.items() >= fixed.items()
    assert "forecast_days" not in query
    assert asked(back)["end_date"] == "2024-10-31"
    cost = 0.0
    for request in (tail, back):
        start, end = (date.fromisoformat(asked(request)[key]) for key in ("start_date", "end_date"))
        cost += weight(6, 1, (end - start).days + 1)
    assert cost <= 550


def test_history_begins_with_1984():
    held = {row.id: Held("1992-01-01", "2026-10-01") for row in all_rows()}
    tail, back = flood.requests(all_rows(), today=TODAY, held=held)
    assert asked(tail)["start_date"] == "2026-09-01"
    assert (asked(back)["start_date"], asked(back)["end_date"]) == ("1984-01-01", "1991-12-31")
    whole = {row.id: Held("1984-01-01", "2026-10-01") for row in all_rows()}
    assert len(flood.requests(all_rows(), today=TODAY, held=whole)) == 1


def test_the_probe_is_one_river_for_one_month():
    query = asked(flood.probe(all_rows(), today=date(2026, 3, 9)))
    assert (query["start_date"], query["end_date"], query["latitude"]) == (
        "2026-01-01",
        "2026-01-31",
        "48.825",
    )


def test_rows_stand_in_the_cell_of_their_gauge_with_its_mean_inside_the_bracket(samples):
    """GRDC station catalogue: position and long-term mean in m3/s."""
    path = samples / "climate/discharge/grdc_station_catalogue_latest_caspian_aral.csv"
    gauges = {item["grdc_no"]: item for item in csv.DictReader(path.open(encoding="utf-8"))}
    for place, number in GAUGES.items():
        row, gauge = series(f"{place}-discharge-glofas"), gauges[number]
        assert abs(float(row.provider["latitude"]) - float(gauge["lat"])) <= 0.0251
        assert abs(float(row.provider["longitude"]) - float(gauge["long"])) <= 0.0251
        mean = float(gauge["lta_discharge"])
        assert float(row.provider["mean_low"]) <= mean / 1.9
        assert float(row.provider["mean_high"]) >= mean * 1.9
    terek = series("terek-discharge-glofas")
    assert float(terek.provider["mean_low"]) < 6.8e9 / (365.25 * 86400) < float(terek.provider["mean_high"])


def test_every_row_says_that_it_is_modelled_and_no_inflow():
    for row in all_rows():
        assert (row.kind, row.indicator, row.unit) == ("modelled", "discharge", "m3 s-1")
        assert "modelled, never inflow to the sea" in row.title
        assert "never inflow" in (row.caveat or "")
        assert row.label
        assert row.label.endswith("modelled discharge")


# ---- recorded answers ------------------------------------------------------------------------------------


def recorded(samples, name: str) -> bytes:
    return (samples / "climate/open_meteo" / name).read_bytes()


def test_recorded_days_of_two_rivers_are_each_its_own(samples):
    """Both stretched to a whole October: the Indus near Sukkur fell from 3,482 to 3,176 m3/s in a week."""
    body = json.loads(recorded(samples, "flood_two_locations.json"))
    when = [day.isoformat() for day in days(date(2026, 10, 8), date(2026, 10, 31))]
    for point in body:
        point["daily"] = {"time": when, DISCHARGE: point["daily"][DISCHARGE] + [1000.0] * 17}
        point["daily"]["time"] = [day.isoformat() for day in days(date(2026, 9, 30), date(2026, 10, 31))]
        point["daily"][DISCHARGE] = [999.0] + [1000.0] * 7 + point["daily"][DISCHARGE]
    raw = json.dumps(body).encode()
    wide = {"mean_low": 100.0, "mean_high": 10_000.0}
    indus = finished(raw, series(latitude=27.675, longitude=68.875, **wide))
    week = 3482.37 + 3410.93 + 3317.94 + 3257.37 + 3212.66 + 3175.87 + 3175.87
    assert indus["value"].values == pytest.approx([(week + 24 * 1000.0) / 31], abs=1e-3)
    assert indus["value"].attrs["units"] == "m3 s-1"
    other = finished(raw, series(latitude=31.175, longitude=72.075, **wide))
    assert other["value"].item() < indus["value"].item()


def test_recorded_noughts_off_the_channel_are_not_data(samples):
    row = series(latitude=27.525, longitude=69.175)
    with pytest.raises(NotData, match="noughts"):
        flood.parse(recorded(samples, "flood_off_channel_zeros.json"), row)


def test_an_old_answer_without_elevation_is_read_but_too_short(samples):
    raw = recorded(samples, "tpisel_flood-api.open-meteo.com__v1__flood-da69b0.json")
    row = series(latitude=-27.45, longitude=153.05, mean_low=10.0, mean_high=50.0)
    with pytest.raises(NotData, match="no whole month"):
        flood.parse(raw, row)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("error_400_bad_daily_variable.json", "Invalid value"),
        ("error_400_out_of_range.json", "out of allowed range"),
        ("error_400_too_much_data.json", "too much data"),
        ("error_429_hourly.json", "Hourly API request limit exceeded"),
        ("error_429_daily.json", "Daily API request limit exceeded"),
    ],
)
def test_an_error_is_told_in_its_own_words(samples, name, said):
    with pytest.raises(BadFormat, match=said) as caught:
        flood.parse(recorded(samples, name), series())
    assert "\n" not in str(caught.value)


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    true = json.loads(recorded(samples, "flood_two_locations.json"))
    when = [date.fromisoformat(day) for day in true[0]["daily"]["time"]]
    ours = json.loads(
        answer(*(cell(p["latitude"], p["longitude"], when, p["daily"][DISCHARGE]) for p in true))
    )
    for mine, theirs in zip(ours, true, strict=True):
        assert list(mine) == list(theirs)
        assert mine["daily_units"][DISCHARGE] == theirs["daily_units"][DISCHARGE]
        assert mine["daily"][DISCHARGE] == theirs["daily"][DISCHARGE]


# ---- months, the break, the bracket ----------------------------------------------------------------------


def test_months_are_means_and_marked_after_the_reanalysis():
    values = [6000.0] * 30 + [5000.0] * 31 + [4000.0] * 31
    dataset = finished(volga(date(2022, 6, 1), date(2022, 8, 31), values))
    assert dataset["value"].values.tolist() == [6000.0, 5000.0, 4000.0]
    assert np.datetime_as_string(dataset["time"].values, unit="D").tolist() == [
        "2022-06-01",
        "2022-07-01",
        "2022-08-01",
    ]
    notes = dataset["note"].values.tolist()
    assert notes[:2] == ["", ""]
    assert "possible break" in notes[2]
    assert dataset["value"].attrs["standard_name"] == "water_volume_transport_in_river_channel"
    assert dataset.attrs["kind"] == "modelled"


def test_a_year_of_the_volga_at_its_published_volume_passes():
    """Smallest and largest year 1938-2023: 166.0 and 333.2 km3, in m3/s."""
    for volume in (166.0, 333.2):
        flow = volume * 1e9 / (365 * 86400)
        dataset = finished(volga(date(2021, 1, 1), date(2021, 12, 31), [flow] * 365))
        assert dataset["value"].values == pytest.approx([flow] * 12, abs=1e-3)


@pytest.mark.parametrize("flow", [9.7, 62.0, 3482.0, 16_000.0])
def test_a_long_term_mean_outside_the_bracket_is_another_point(flow):
    with pytest.raises(NotData, match="not the channel of volga"):
        flood.parse(volga(date(2021, 1, 1), date(2021, 12, 31), [flow] * 365), series())


def test_a_low_season_passes_but_a_trickle_does_not():
    assert flood.parse(volga(date(2026, 1, 1), date(2026, 2, 28), [2500.0] * 59), series()).sizes["time"] == 2
    with pytest.raises(NotData, match="not the channel"):
        flood.parse(volga(date(2026, 1, 1), date(2026, 2, 28), [12.0] * 59), series())


def test_the_next_cell_is_another_place():
    when = days(date(2026, 1, 1), date(2026, 1, 31))
    with pytest.raises(SchemaChanged, match="channel cell of volga"):
        flood.parse(answer(cell(48.875, 44.575, when, [7800.0] * 31)), series())


def test_an_unfinished_month_is_provisional_and_nulls_at_the_end_are_no_days():
    values = [7000.0] * 30 + [6000.0] * 26 + [None] * 5
    dataset = finished(volga(date(2026, 9, 1), date(2026, 10, 31), values))
    assert dataset["provisional"].values.tolist() == [0, 1]
    assert dataset["value"].values.tolist() == [7000.0, 6000.0]


# ---- the search for the channel --------------------------------------------------------------------------


def test_the_channel_is_the_cell_with_the_largest_mean_of_25():
    calls = []

    def ask(request) -> bytes:
        calls.append(request)
        query = asked(request)
        when = days(date(2020, 1, 1), date(2020, 1, 10))
        at = zip(query["latitude"].split(","), query["longitude"].split(","), strict=True)
        flows = {("48.775", "44.625"): 8000.0, ("48.825", "44.675"): 300.0, ("48.725", "44.475"): None}
        return answer(*(cell(float(n), float(e), when, [flows.get((n, e), 0.0)] * 10) for n, e in at))

    found = flood.channel_cells(series(), ask)
    assert found[0] == flood.Cell(48.775, 44.625, 8000.0)
    assert found[1] == flood.Cell(48.825, 44.675, 300.0)
    assert len(found) == 24
    assert len(calls) == 1
    query = asked(calls[0])
    assert sorted(set(query["latitude"].split(","))) == ["48.725", "48.775", "48.825", "48.875", "48.925"]
    start, end = (date.fromisoformat(query[key]) for key in ("start_date", "end_date"))
    assert end < date(2022, 8, 1)
    assert weight(25, 1, (end - start).days + 1) < 600


def test_a_desert_has_no_channel():
    when = days(date(2020, 1, 1), date(2020, 1, 10))

    def ask(request) -> bytes:
        return answer(*[cell(43.0, 63.0, when, [0.0] * 10)] * 25)

    with pytest.raises(NotData, match="no water"):
        flood.channel_cells(series(), ask)


# ---- answers that are refused ----------------------------------------------------------------------------

MONTH = (date(2025, 1, 1), date(2025, 1, 31))


def test_feet_and_missing_variables_are_refused():
    with pytest.raises(SchemaChanged, match="ft"):
        flood.parse(volga(*MONTH, daily_units={"time": "iso8601", DISCHARGE: "ft³/s"}), series())
    with pytest.raises(SchemaChanged, match=DISCHARGE):
        flood.parse(volga(*MONTH, daily={"time": ["2025-01-01"]}), series())


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (b"[]", BadFormat),
        (b"<html><body>maintenance</body></html>", BadFormat),
        (volga(*MONTH)[:-7], Truncated),
        (volga(*MONTH, [None] * 31), NotData),
        (volga(*MONTH, [7800.0] * 30), Truncated),
        (volga(*MONTH, utc_offset_seconds=18000), SchemaChanged),
    ],
    ids=["empty", "no points", "a page", "cut", "nulls", "fewer values", "another zone"],
)
def test_what_is_not_an_answer_has_its_error(raw, error):
    with pytest.raises(error):
        flood.parse(raw, series())
