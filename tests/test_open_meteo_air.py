"""The Open-Meteo air quality service: months of dust from days that are whole."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import open_meteo_air as air
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.transport.spans import weight
from tests.payloads.open_meteo_air import MU, answer, hours

RECORDED = "tpisel_air-quality-api.open-meteo.com__v1__air-quality-28475d.json"
MAY = (date(2026, 5, 1), date(2026, 5, 31))
SUMMER = (date(2026, 5, 1), date(2026, 7, 31))


def series() -> Series:
    return catalogue().series["aralkum-dust-cams"]


def finished(raw: bytes):
    return check(conform(air.parse(raw, series()), series()))


def asked(request) -> dict[str, str]:
    parts = urlsplit(request.path)
    assert parts.path == "air-quality"
    return {key: value[0] for key, value in parse_qs(parts.query).items()}


def months(dataset) -> list[str]:
    return np.datetime_as_string(dataset["time"].values, unit="M").tolist()


# ---- what is asked ---------------------------------------------------------------------------------------


def test_one_light_call_asks_for_all_hours_since_august_2022():
    (request,) = air.requests([series()], today=date(2026, 11, 24), held={})
    query = asked(request)
    fixed = {
        "latitude": "44.5",
        "longitude": "60.5",
        "hourly": "dust",
        "domains": "cams_global",
        "start_date": "2022-08-01",
        "end_date": "2026-11-23",
        "timezone": "GMT",
        "cell_selection": "nearest",
    }
    assert query == fixed
    assert weight(1, 1, (date(2026, 11, 23) - date(2022, 8, 1)).days + 1) < 13
    assert request.series == ("aralkum-dust-cams",)


def test_two_variables_to_the_end_of_2025_weigh_what_the_published_table_says():
    assert weight(1, 2, (date(2025, 12, 31) - date(2022, 8, 1)).days + 1) == pytest.approx(18, abs=0.5)


def test_the_probe_is_one_month():
    query = asked(air.probe([series()], today=date(2026, 11, 24)))
    assert (query["start_date"], query["end_date"]) == ("2026-09-01", "2026-09-30")


# ---- recorded form ---------------------------------------------------------------------------------------


def test_the_recorded_answer_has_our_form_but_another_place_and_zone(samples):
    raw = (samples / "climate/open_meteo" / RECORDED).read_bytes()
    true, ours = json.loads(raw), json.loads(answer(hours(*MAY), [40.0] * 744))
    assert list(ours) == list(true)
    assert true["hourly_units"]["carbon_monoxide"] == MU
    assert len(true["hourly"]["time"][0]) == len(ours["hourly"]["time"][0]) == len("2023-01-01T00:00")
    with pytest.raises(SchemaChanged, match="degrees from aralkum"):
        air.parse(raw, series())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("error_400_out_of_range.json", "out of allowed range"),
        ("error_429_minutely.json", "Minutely API request limit exceeded"),
        ("error_429_concurrent.json", "Too many concurrent requests"),
    ],
)
def test_an_error_is_told_in_its_own_words(samples, name, said):
    with pytest.raises(BadFormat, match=said):
        air.parse((samples / "climate/open_meteo" / name).read_bytes(), series())


# ---- months ----------------------------------------------------------------------------------------------


def test_a_month_is_the_mean_of_its_days_in_micrograms():
    """30 days of 20 and one storm day of 640 make (600 + 640) / 31 = 40."""
    values = [20.0] * 24 * 30 + [640.0] * 24
    dataset = finished(answer(hours(*MAY), values))
    assert dataset["value"].values == pytest.approx([40.0])
    assert dataset["value"].attrs["units"] == "ug m-3"
    assert months(dataset) == ["2026-05"]
    assert dataset["provisional"].values.tolist() == [0]
    assert (dataset.attrs["kind"], dataset.attrs["sea"]) == ("modelled", "aral")


def test_a_day_without_all_its_hours_does_not_count():
    values: list[float | None] = [20.0] * 744
    values[100:123] = [5000.0] * 23
    values[123] = None
    # The fifth day has 20 hours of the storm and is whole; the sixth lost an hour.
    storm_day = (4 * 20.0 + 20 * 5000.0) / 24
    dataset = finished(answer(hours(*MAY), values))
    assert dataset["value"].item() == pytest.approx((29 * 20.0 + storm_day) / 30, abs=1e-3)


@pytest.mark.parametrize(("days", "kept"), [(31, 1), (25, 1), (24, 0)])
def test_a_month_counts_from_four_fifths_of_its_days(days, kept):
    values = [10.0] * 24 * 31 + [10.0] * 24 * 30 + [10.0] * 24 * days + [None] * 24 * (31 - days)
    dataset = finished(answer(hours(*SUMMER), values))
    assert months(dataset) == ["2026-05", "2026-06", "2026-07"][: 2 + kept]
    assert dataset["provisional"].values.tolist() == [0, 0, int(days < 31)][: 2 + kept]


def test_an_older_month_with_a_gap_counts_and_is_settled():
    values: list[float | None] = [10.0] * len(hours(*SUMMER))
    values[24 * 40 : 24 * 43] = [None] * 72
    dataset = finished(answer(hours(*SUMMER), values))
    assert months(dataset) == ["2026-05", "2026-06", "2026-07"]
    assert dataset["provisional"].values.tolist() == [0, 0, 0]


def test_both_letters_mu_are_read():
    units = {"time": "iso8601", "dust": "\u00b5g/m\u00b3"}
    assert finished(answer(hours(*MAY), [40.0] * 744, hourly_units=units))["value"].item() == 40.0


# ---- answers that are refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (b"[]", BadFormat),
        (b"<html>", BadFormat),
        (answer(hours(*MAY), [0.0] * 744), NotData),
        (answer(hours(*MAY), [None] * 744), NotData),
        (answer(hours(*MAY), [40.0] * 743), Truncated),
        (answer(hours(*MAY), [40.0] * 744)[:-5], Truncated),
        (answer(hours(*MAY), [40.0] * 744, variable="pm10"), SchemaChanged),
        (answer(hours(*MAY), [4e-8] * 744, hourly_units={"time": "iso8601", "dust": "kg/m³"}), SchemaChanged),
        (answer(hours(*MAY), [40.0] * 744, utc_offset_seconds=18000), SchemaChanged),
        (answer(hours(*MAY), [40.0] * 744, longitude=60.0), SchemaChanged),
        (answer([*hours(*MAY)[:-1], "2026-05-31T23:30"], [40.0] * 744), BadFormat),
        (answer([*hours(*MAY)[:-1], "2026-06-01T05:00"], [40.0] * 744), BadFormat),
    ],
    ids=[
        "empty",
        "no points",
        "a page",
        "noughts",
        "nulls",
        "fewer values",
        "cut",
        "another variable",
        "another unit",
        "another zone",
        "another cell",
        "half an hour",
        "a gap",
    ],
)
def test_what_is_not_an_answer_has_its_error(raw, error):
    with pytest.raises(error):
        air.parse(raw, series())
