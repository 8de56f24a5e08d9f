"""The Open-Meteo archive: what a run asks for, and months made of days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import open_meteo
from loaders.sources.shared.daily import location, values_of
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.transport.question import Held
from loaders.transport.spans import weight
from tests.payloads.open_meteo import answer, days, error, point

TODAY = date(2026, 8, 10)
TEMPERATURE = "temperature_2m_mean"
RAIN = "precipitation_sum"


def series(series_id: str = "mid-caspian-air-temperature-open-meteo") -> Series:
    return catalogue().series[series_id]


def all_rows() -> list[Series]:
    return [row for row in catalogue().series.values() if row.source == "open-meteo"]


def asked(request) -> dict[str, str]:
    path, query = urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)
    assert path == "archive"
    return {key: value[0] for key, value in query.items()}


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(open_meteo.parse(raw, row), row))


# ---- what a run asks for ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locations", "variables", "start", "end", "cost"),
    [
        (1, 1, date(1940, 1, 1), date(2025, 12, 31), 224),
        (1, 3, date(1940, 1, 1), date(2025, 12, 31), 673),
        (20, 1, date(1940, 1, 1), date(2025, 12, 31), 4487),
        (20, 3, date(2024, 1, 1), date(2024, 12, 31), 157),
        (20, 3, date(2026, 1, 1), date(2026, 1, 30), 20),
    ],
)
def test_weights_are_those_of_the_published_table(locations, variables, start, end, cost):
    length = (end - start).days + 1
    assert weight(locations, variables, length) == pytest.approx(cost, abs=0.6)


def cost(request) -> float:
    query = asked(request)
    length = date.fromisoformat(query["end_date"]) - date.fromisoformat(query["start_date"])
    points, variables = query["latitude"].count(",") + 1, query["daily"].count(",") + 1
    return weight(points, variables, length.days + 1)


def test_every_call_names_model_cell_and_height_for_each_point():
    query = asked(open_meteo.requests(all_rows(), today=TODAY, held={})[0])
    assert query["latitude"].split(",")[:4] == ["45.25", "42.0", "38.5", "46.4"]
    assert query["longitude"].split(",")[:4] == ["50.25", "50.5", "51.5", "60.6"]
    assert query["elevation"].split(",") == ["nan"] * 11
    assert query["daily"] == f"{TEMPERATURE},{RAIN},et0_fao_evapotranspiration,wind_speed_10m_mean"
    fixed = {"models": "era5", "cell_selection": "nearest", "timezone": "GMT", "wind_speed_unit": "ms"}
    assert query.items() >= fixed.items()


def test_with_nothing_stored_two_years_come_first_and_then_whole_years_before_them():
    tail, back = open_meteo.requests(all_rows(), today=TODAY, held={})
    assert (asked(tail)["start_date"], asked(tail)["end_date"]) == ("2024-08-01", "2026-08-09")
    assert (asked(back)["start_date"], asked(back)["end_date"]) == ("2022-01-01", "2024-07-31")
    assert set(tail.series) == set(back.series) == {row.id for row in all_rows()}
    assert cost(tail) + cost(back) < 550


def test_the_tail_begins_a_month_before_the_newest_stored_one():
    held = {row.id: Held("1991-01-01", "2026-01-01") for row in all_rows()}
    (tail,) = open_meteo.requests(all_rows(), today=TODAY, held=held)
    assert (asked(tail)["start_date"], asked(tail)["end_date"]) == ("2025-12-01", "2026-08-09")


def test_runs_fill_back_to_1991_without_a_gap_and_each_within_the_limit():
    rows, held, runs = all_rows(), {}, 0
    today = TODAY
    covered = set()
    while runs < 30:
        runs += 1
        requests = open_meteo.requests(rows, today=today, held=held)
        assert sum(map(cost, requests)) <= 550
        for request in requests:
            start, end = (date.fromisoformat(asked(request)[key]) for key in ("start_date", "end_date"))
            covered |= set(days(start, end))
        held = {row.id: Held(str(min(covered)), str(today.replace(day=1))) for row in rows}
        today += timedelta(days=1)
        if len(requests) == 1:
            break
    assert min(covered) == date(1991, 1, 1)
    assert len(covered) == (max(covered) - min(covered)).days + 1
    assert runs < 12


def test_a_series_that_is_never_given_does_not_stop_the_others():
    rows = all_rows()
    held = {row.id: Held("2010-01-01", "2026-07-01") for row in rows[1:]}
    tail, back = open_meteo.requests(rows, today=TODAY, held=held)[:2]
    assert asked(tail)["start_date"] == "2026-06-01"
    assert asked(back)["end_date"] == "2009-12-31"
    assert rows[0].id in tail.series
    assert rows[0].id not in back.series


def test_a_new_point_goes_back_alone_once_the_others_are_there():
    rows = all_rows()
    held = {row.id: Held("1991-01-01", "2026-07-01") for row in rows if row.place != "aralkum"}
    requests = open_meteo.requests(rows, today=TODAY, held=held)
    assert [asked(request)["latitude"] for request in requests[1:]] == ["44.5"]
    assert asked(requests[1])["end_date"] == "2026-05-31"
    assert asked(requests[1])["start_date"] == "1991-01-01"
    assert sum(map(cost, requests)) <= 550


def test_the_probe_is_one_month_of_one_variable_at_one_point():
    query = asked(open_meteo.probe(all_rows(), today=date(2026, 1, 3)))
    assert (query["start_date"], query["end_date"]) == ("2025-11-01", "2025-11-30")
    assert (query["daily"], query["latitude"]) == (TEMPERATURE, "45.25")


# ---- recorded answers ------------------------------------------------------------------------------------


def recorded(samples, name: str) -> bytes:
    return (samples / "climate/open_meteo" / name).read_bytes()


def at(monkeypatch, latitude: float, longitude: float, variable: str = TEMPERATURE) -> Series:
    """The catalogue's row and place, moved to a recorded point."""
    row = series().model_copy(update={"provider": {"variable": variable}})
    moved = catalogue().places[row.place].model_copy(update={"latitude": latitude, "longitude": longitude})
    monkeypatch.setitem(catalogue().places, row.place, moved)
    return row


def test_oslo_as_recorded_has_too_few_days_for_a_month(samples, monkeypatch):
    raw, row = recorded(samples, "archive_daily_era5_oslo.json"), at(monkeypatch, 59.91, 10.75)
    with pytest.raises(NotData, match="no whole month"):
        open_meteo.parse(raw, row)


def test_oslo_as_recorded_is_read_in_degrees(samples, monkeypatch):
    """The recorded three days, stretched to a February: 0.0, 2.3 and 3.0 degC and 25 days of -1.0."""
    row = at(monkeypatch, 59.91, 10.75)
    body = json.loads(recorded(samples, "archive_daily_era5_oslo.json"))
    body["daily"]["time"] = [day.isoformat() for day in days(date(2025, 2, 1), date(2025, 2, 28))]
    body["daily"][TEMPERATURE] += [-1.0] * 25
    dataset = finished(json.dumps(body).encode(), row)
    assert dataset["value"].item() == pytest.approx((0.0 + 2.3 + 3.0 - 25.0) / 28, abs=1e-4)
    assert dataset["value"].attrs["units"] == "degC"
    assert str(dataset["time"].values[0])[:10] == "2025-02-01"


def test_days_of_another_zone_are_refused(samples, monkeypatch):
    row = at(monkeypatch, -15.8, -47.9, "temperature_2m_max")
    with pytest.raises(SchemaChanged, match="UTC"):
        open_meteo.parse(recorded(samples, "tpisel_archive-api.open-meteo.com__v1__archive-466132.json"), row)


def test_an_hourly_answer_in_mid_ocean_has_no_days(samples, monkeypatch):
    row = at(monkeypatch, -12.5, -130.8)
    raw = recorded(samples, "tpisel_archive-api.open-meteo.com__v1__archive-43cae1.json")
    with pytest.raises((BadFormat, SchemaChanged)):
        open_meteo.parse(raw, row)


def test_a_recorded_list_of_two_points_gives_each_its_own(samples, monkeypatch):
    raw = recorded(samples, "flood_two_locations.json")
    body = json.loads(raw)
    for place, first in ((body[0], 3482.37), (body[1], body[1]["daily"]["river_discharge"][0])):
        row = at(monkeypatch, place["latitude"] + 0.05, place["longitude"] - 0.05, "river_discharge")
        found = location(body, open_meteo._at(row), name=row.place, farthest=0.2)
        _, values, unit = values_of(found, "daily", "river_discharge")
        assert values[0] == first
        assert unit == "m³/s"
    assert body[0]["daily"]["river_discharge"][0] != body[1]["daily"]["river_discharge"][0]


def test_recorded_noughts_off_the_channel_are_not_data(samples, monkeypatch):
    row = at(monkeypatch, 27.5, 69.2, "river_discharge")
    with pytest.raises(NotData, match="noughts"):
        open_meteo.parse(recorded(samples, "flood_off_channel_zeros.json"), row)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("error_400_bad_daily_variable.json", "Invalid value: Cannot initialize ForecastVariableDaily"),
        ("error_400_bad_unit.json", "Cannot initialize TemperatureUnit"),
        ("error_400_out_of_range.json", "Parameter 'start_date' is out of allowed range"),
        ("error_400_too_much_data.json", "Your API call requests too much data"),
        ("error_429_concurrent.json", "Too many concurrent requests"),
        ("error_429_minutely.json", "Minutely API request limit exceeded"),
    ],
)
def test_an_error_is_told_in_its_own_words(samples, name, said):
    with pytest.raises(BadFormat, match=said):
        open_meteo.parse(recorded(samples, name), series())


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    true = json.loads(recorded(samples, "archive_daily_era5_oslo.json"))
    when = [date.fromisoformat(day) for day in true["daily"]["time"]]
    ours = json.loads(answer(point(59.91, 10.75, when, {TEMPERATURE: true["daily"][TEMPERATURE]})))
    assert list(ours) == list(true)
    assert (ours["daily"], ours["daily_units"]) == (true["daily"], true["daily_units"])
    two = json.loads(recorded(samples, "flood_two_locations.json"))
    pair = json.loads(answer(*[point(59.91, 10.75, when, {TEMPERATURE: [1, 2, 3]})] * 2))
    assert ["location_id" in item for item in pair] == ["location_id" in item for item in two]
    assert error("Too many concurrent requests") == recorded(samples, "error_429_concurrent.json").strip()


# ---- months ----------------------------------------------------------------------------------------------


def mid_caspian(start: date, end: date, values=None, variable: str = TEMPERATURE, **changes) -> bytes:
    when = days(start, end)
    return answer(point(42.0, 50.5, when, {variable: values or [5.0] * len(when)}) | changes)


def test_a_month_of_temperature_is_a_mean_and_of_rain_a_sum():
    when = days(date(2025, 1, 1), date(2025, 2, 28))
    january, february = [1.0] * 15 + [4.0] * 16, [0.5] * 28
    values = january + february
    warm = finished(answer(point(42.0, 50.5, when, {TEMPERATURE: values, RAIN: values})))
    assert warm["value"].values == pytest.approx([79 / 31, 0.5], abs=1e-4)
    wet = finished(
        answer(point(42.0, 50.5, when, {TEMPERATURE: values, RAIN: values})),
        series("mid-caspian-precipitation-open-meteo"),
    )
    assert wet["value"].values.tolist() == [79.0, 14.0]
    assert (warm["value"].attrs["units"], wet["value"].attrs["units"]) == ("degC", "mm")
    assert np.datetime_as_string(wet["time"].values, unit="D").tolist() == ["2025-01-01", "2025-02-01"]
    assert wet["provisional"].values.tolist() == [0, 0]
    assert wet.attrs["kind"] == "modelled"


def test_wind_in_kilometres_an_hour_becomes_metres_a_second():
    when = days(date(2025, 1, 1), date(2025, 1, 31))
    made = point(42.0, 50.5, when, {"wind_speed_10m_mean": [18.0] * 31})
    made["daily_units"]["wind_speed_10m_mean"] = "km/h"
    dataset = finished(answer(made), series("mid-caspian-wind-open-meteo"))
    assert dataset["value"].item() == pytest.approx(5.0)
    assert dataset["value"].attrs["units"] == "m s-1"


@pytest.mark.parametrize(("known", "kept"), [(31, 1), (30, 1), (25, 1), (24, 0)])
def test_the_last_month_stays_from_four_fifths_of_its_days_on(known, kept):
    values = [5.0] * (30 + known) + [None] * (31 - known)
    dataset = finished(mid_caspian(date(2026, 6, 1), date(2026, 7, 31), values))
    assert dataset.sizes["time"] == 1 + kept
    assert dataset["provisional"].values.tolist() == [0, int(known < 31)][: 1 + kept]


def test_a_month_that_only_just_began_is_left_out():
    dataset = finished(mid_caspian(date(2026, 7, 1), date(2026, 8, 5)))
    assert np.datetime_as_string(dataset["time"].values, unit="D").tolist() == ["2026-07-01"]


def test_a_missing_day_in_an_older_month_leaves_the_month_out():
    values = [5.0] * 92
    values[40] = None
    dataset = finished(mid_caspian(date(2026, 5, 1), date(2026, 7, 31), values))
    assert np.datetime_as_string(dataset["time"].values, unit="D").tolist() == ["2026-05-01", "2026-07-01"]


def test_a_leap_day_belongs_to_its_month():
    dataset = finished(mid_caspian(date(2024, 2, 1), date(2024, 2, 29)))
    assert dataset["provisional"].values.tolist() == [0]
    unfinished = finished(mid_caspian(date(2024, 2, 1), date(2024, 2, 28)))
    assert unfinished["provisional"].values.tolist() == [1]


# ---- several points --------------------------------------------------------------------------------------


def test_every_row_of_the_catalogue_finds_its_own_point_in_one_answer():
    when = days(date(2025, 1, 1), date(2025, 1, 31))
    rows = all_rows()
    places = [catalogue().places[name] for name in dict.fromkeys(row.place for row in rows)]
    variables = dict.fromkeys(str(row.provider["variable"]) for row in rows)
    raw = answer(
        *(
            point(place.latitude, place.longitude, when, {name: [1.0 + number] * 31 for name in variables})
            for number, place in enumerate(places)
        )
    )
    for row in rows:
        number = [place.id for place in places].index(row.place)
        total = 31 if row.indicator in ("precipitation", "evaporation") else 1
        assert finished(raw, row)["value"].item() == pytest.approx((1.0 + number) * total)
    assert finished(raw, series("aralkum-wind-open-meteo")).attrs["basin"] == "south-aral-east"


@pytest.mark.parametrize(("moved", "fails"), [(0.12, False), (0.19, False), (0.25, True), (-0.25, True)])
def test_a_cell_further_than_a_fifth_of_a_degree_is_another_place(moved, fails):
    raw = mid_caspian(date(2025, 1, 1), date(2025, 1, 31), latitude=42.0 + moved)
    if fails:
        with pytest.raises(SchemaChanged, match="0.25 degrees from mid-caspian"):
            open_meteo.parse(raw, series())
    else:
        assert open_meteo.parse(raw, series()).sizes["time"] == 1


# ---- answers that are refused ----------------------------------------------------------------------------

MONTH = (date(2025, 1, 1), date(2025, 1, 31))
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def test_noughts_alone_are_not_data_but_a_dry_month_is():
    zeros = [0.0] * 31
    with pytest.raises(NotData, match="noughts"):
        open_meteo.parse(mid_caspian(*MONTH, zeros), series())
    rain = series("mid-caspian-precipitation-open-meteo")
    assert open_meteo.parse(mid_caspian(*MONTH, zeros, RAIN), rain)["value"].item() == 0.0
    with pytest.raises(NotData, match="noughts"):
        open_meteo.parse(mid_caspian(*YEAR, [0.0] * 365, RAIN), rain)
    assert open_meteo.parse(mid_caspian(*YEAR, [0.1] + [0.0] * 364, RAIN), rain).sizes["time"] == 12


def test_nulls_alone_are_not_data():
    with pytest.raises(NotData, match="no value"):
        open_meteo.parse(mid_caspian(*MONTH, [None] * 31), series())


def test_a_variable_that_is_gone_is_named():
    with pytest.raises(SchemaChanged, match=TEMPERATURE):
        open_meteo.parse(mid_caspian(*MONTH, variable=RAIN), series())


def test_a_unit_that_is_gone_or_foreign_is_refused():
    with pytest.raises(SchemaChanged, match=TEMPERATURE):
        open_meteo.parse(mid_caspian(*MONTH, daily_units={"time": "iso8601"}), series())
    with pytest.raises(SchemaChanged, match="'mm'"):
        finished(mid_caspian(*MONTH, daily_units={TEMPERATURE: "mm"}))


def test_fewer_values_than_days_are_truncated():
    with pytest.raises(Truncated, match="30 values"):
        open_meteo.parse(mid_caspian(*MONTH, [5.0] * 30), series())


BROKEN = {
    "a number": b"5",
    "an empty list": b"[]",
    "a list of numbers": b"[1, 2]",
    "no coordinates": mid_caspian(*MONTH, latitude=None),
    "coordinates are text": mid_caspian(*MONTH, latitude="north"),
    "no daily": mid_caspian(*MONTH, daily=None),
    "daily is a list": mid_caspian(*MONTH, daily=[1]),
    "days are a number": mid_caspian(*MONTH, daily={"time": 3, TEMPERATURE: [5.0]}),
    "a day that is none": mid_caspian(*MONTH, daily={"time": ["2025-02-30"], TEMPERATURE: [5.0]}),
    "a day twice": mid_caspian(*MONTH, daily={"time": ["2025-02-01"] * 2, TEMPERATURE: [5.0] * 2}),
    "a value that is text": mid_caspian(*MONTH, ["5.0"] * 31),
    "a value that is true": mid_caspian(*MONTH, [True] * 31),
    "NaN": mid_caspian(*MONTH, [float("nan")] * 31),
    "nested": b'{"a":' * 100_000,
    "an error": error("Minutely API request limit exceeded. Please try again in one minute."),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_broken_answers_are_a_bad_format(raw):
    with pytest.raises(BadFormat):
        open_meteo.parse(raw, series())


def test_an_answer_that_ends_early_is_truncated():
    with pytest.raises(Truncated):
        open_meteo.parse(mid_caspian(*MONTH)[:-9], series())


def test_an_empty_answer_is_not_data():
    with pytest.raises(NotData):
        open_meteo.parse(b"", series())
