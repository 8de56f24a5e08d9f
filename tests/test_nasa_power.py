"""NASA POWER: months from a feature's keys, the year's figure left out, rain summed."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import nasa_power as power
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.nasa_power import feature, refused, text, year

TODAY = date(2026, 11, 24)
REGION = "pynasapower_POWER_Regional_Monthly_20220101_20221231_037d00N_039d00N_023d00E_025d00E_UTC.json"
JANUARY_TO_DECEMBER = [3.1, 3.4, 6.0, 10.7, 16.4, 22.0, 25.7, 26.2, 22.1, 16.0, 10.1, 5.7]


def series(series_id: str = "mid-caspian-air-temperature-nasa-power") -> Series:
    return catalogue().series[series_id]


def all_rows() -> list[Series]:
    return [row for row in catalogue().series.values() if row.source == "nasa-power"]


def asked(request) -> dict[str, str]:
    parts = urlsplit(request.path)
    assert parts.path == "temporal/monthly/point"
    return {key: value[0] for key, value in parse_qs(parts.query).items()}


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(power.parse(raw, row), row))


def mid_caspian(values=None, name: str = "T2M", **changes) -> bytes:
    values = year(2025, JANUARY_TO_DECEMBER, 13.95) if values is None else values
    return text(feature(42.0, 50.5, {name: values}, **changes))


# ---- what is asked ---------------------------------------------------------------------------------------


def test_each_point_is_one_call_in_years_and_utc():
    requests = power.requests(all_rows(), today=TODAY, held={})
    assert len(requests) == 11
    assert asked(requests[1]) == {
        "parameters": "T2M,PRECTOTCORR,WS10M",
        "community": "ag",
        "latitude": "42.0",
        "longitude": "50.5",
        "start": "1981",
        "end": "2025",
        "format": "JSON",
        "time-standard": "UTC",
    }
    assert sorted(name for request in requests for name in request.series) == sorted(
        row.id for row in all_rows()
    )


@pytest.mark.parametrize(
    ("today", "last"), [(date(2027, 1, 2), 2025), (date(2027, 3, 30), 2025), (date(2027, 4, 1), 2026)]
)
def test_the_last_year_is_asked_for_once_it_can_be_there(today, last):
    query = asked(power.probe(all_rows(), today=today))
    assert (query["start"], query["end"], query["parameters"]) == (str(last), str(last), "T2M")


def test_points_and_quantities_are_those_of_the_first_source():
    def of(source: str) -> set[tuple[str, str]]:
        rows = catalogue().series.values()
        return {(row.place, row.indicator) for row in rows if row.source == source}

    assert of("nasa-power") == {pair for pair in of("open-meteo") if pair[1] != "evaporation"}


# ---- recorded answers ------------------------------------------------------------------------------------


def at(monkeypatch, latitude: float, longitude: float, series_id: str | None = None) -> Series:
    row = series(series_id) if series_id else series()
    moved = catalogue().places[row.place].model_copy(update={"latitude": latitude, "longitude": longitude})
    monkeypatch.setitem(catalogue().places, row.place, moved)
    return row


def recorded_month(samples) -> bytes:
    """One feature of the recorded region, with the region's own head: a point's answer has the same parts."""
    body = json.loads((samples / "climate/nasa_power" / REGION).read_bytes())
    head = {key: body[key] for key in ("header", "messages", "parameters", "times")}
    return text(body["features"][0] | head)


def test_recorded_months_without_the_figure_of_the_year(samples, monkeypatch):
    """37.25 N 23.25 E in 2022; the recorded month 13 is the mean of the year, 19.0 degC."""
    dataset = finished(recorded_month(samples), at(monkeypatch, 37.25, 23.25))
    assert dataset["value"].values[:3].tolist() == [10.43, 12.02, 10.51]
    assert np.datetime_as_string(dataset["time"].values[[0, -1]], unit="D").tolist() == [
        "2022-01-01",
        "2022-12-01",
    ]
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert np.average(dataset["value"].values, weights=lengths) == pytest.approx(19.0, abs=0.05)
    assert dataset["value"].attrs["units"] == "degC"
    assert dataset.attrs["provider_version"] == "POWER v2.4.5"


def test_recorded_rain_is_summed_over_the_days_of_each_month(samples, monkeypatch):
    """1.97 mm/day in January are 61.07 mm; the recorded year has 0.97 mm/day."""
    row = at(monkeypatch, 37.25, 23.25, "mid-caspian-precipitation-nasa-power")
    dataset = finished(recorded_month(samples), row)
    assert dataset["value"].values[0] == pytest.approx(61.07)
    assert dataset["value"].values.sum() / 365 == pytest.approx(0.97, abs=0.01)
    assert dataset["value"].attrs["units"] == "mm"
    assert dataset.attrs["cell_methods"] == "time: sum"


def test_recorded_days_are_no_months(samples, monkeypatch):
    raw = (samples / "climate/nasa_power/daily_point_T2M_json.json").read_bytes()
    with pytest.raises(BadFormat, match="no month in '20240101'"):
        power.parse(raw, at(monkeypatch, 12.9716, 77.5946))


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    true = json.loads((samples / "climate/nasa_power/daily_point_T2M_json.json").read_bytes())
    ours = json.loads(mid_caspian())
    assert list(ours) == list(true)
    assert list(ours["header"]) == list(true["header"])
    assert ours["parameters"] == true["parameters"]
    assert ours["header"]["fill_value"] == true["header"]["fill_value"]


# ---- values ----------------------------------------------------------------------------------------------


def test_a_leap_february_has_29_days_of_rain():
    values = year(2024, [2.0] * 12, 2.0)
    dataset = finished(mid_caspian(values, "PRECTOTCORR"), series("mid-caspian-precipitation-nasa-power"))
    assert dataset["value"].values[:3].tolist() == [62.0, 58.0, 62.0]
    assert dataset["value"].values.sum() == 732.0


def test_wind_is_in_metres_a_second():
    dataset = finished(
        mid_caspian(year(2025, [6.2] * 12, 6.2), "WS10M"), series("mid-caspian-wind-nasa-power")
    )
    assert (dataset["value"].values[0], dataset["value"].attrs["units"]) == (6.2, "m s-1")


def test_fills_are_missing_between_and_left_out_at_the_end():
    """-999 degC would be read as a number by anything that does not know the fill."""
    values = JANUARY_TO_DECEMBER[:3] + [-999.0] + JANUARY_TO_DECEMBER[4:10] + [-999.0, -999.0]
    dataset = finished(mid_caspian(year(2025, values, -999.0)))
    assert dataset.sizes["time"] == 10
    assert np.isnan(dataset["value"].values[3])
    assert dataset["qc"].values.tolist() == [1, 1, 1, Flag.MISSING, 1, 1, 1, 1, 1, 1]
    assert float(dataset["value"].min()) == 3.1


def test_months_of_several_years_follow_one_another_in_any_order():
    values = year(2025, [2.0] * 12, 2.0) | year(2024, [1.0] * 12, 1.0)
    dataset = finished(mid_caspian(values))
    assert dataset["value"].values.tolist() == [1.0] * 12 + [2.0] * 12


def test_every_row_of_the_catalogue_reads_its_own_answer():
    for row in all_rows():
        place = catalogue().places[row.place]
        name = str(row.provider["parameter"])
        raw = text(feature(place.latitude, place.longitude, {name: year(2023, [1.5] * 12, 1.5)}))
        first = 46.5 if name == "PRECTOTCORR" else 1.5
        assert finished(raw, row)["value"].values[0] == first
        assert (row.kind, row.independence_group) == ("modelled", "merra2")


# ---- answers that are refused ----------------------------------------------------------------------------


def test_a_refusal_is_told_in_its_own_words():
    said = "A maximum of 20 parameters can currently be requested in one submission."
    with pytest.raises(BadFormat, match="A maximum of 20 parameters"):
        power.parse(refused(said), series())
    with pytest.raises(BadFormat, match="Something is wrong"):
        power.parse(text({"message": "Something is wrong"}), series())


HEADER = json.loads(mid_caspian())["header"]
LATIN = mid_caspian().replace(b"Meters", b"M\xe8tres")
GAP = {key: value for key, value in year(2025, JANUARY_TO_DECEMBER, 13.95).items() if key != "202507"}
REFUSED = {
    "empty": (b"", NotData),
    "a page": (b"<!DOCTYPE html><html><title>500</title></html>", BadFormat),
    "a list": (b"[]", BadFormat),
    "no properties": (b'{"type":"Feature"}', BadFormat),
    "no geometry": (mid_caspian(geometry=None), BadFormat),
    "no coordinates": (mid_caspian(geometry={"type": "Point"}), BadFormat),
    "coordinates are text": (mid_caspian(geometry={"coordinates": ["east", "north"]}), BadFormat),
    "cut": (mid_caspian()[:-30], Truncated),
    "latin-1": (LATIN, BadFormat),
    "no number": (mid_caspian({"202501": "3.1"}), BadFormat),
    "no month": (mid_caspian({"202514": 3.1}), BadFormat),
    "a gap": (mid_caspian(GAP), Truncated),
    "the year alone": (mid_caspian({"202513": 13.95}), NotData),
    "fills alone": (mid_caspian(year(2025, [-999.0] * 12, -999.0)), NotData),
    "noughts alone": (mid_caspian(year(2025, [0.0] * 12, 0.0)), NotData),
    "another point": (text(feature(42.0, 51.0, {"T2M": year(2025, [3.0] * 12, 3.0)})), SchemaChanged),
    "coordinates exchanged": (text(feature(50.5, 42.0, {"T2M": year(2025, [3.0] * 12, 3.0)})), SchemaChanged),
    "another parameter": (mid_caspian(name="WS10M"), SchemaChanged),
    "no unit": (mid_caspian(parameters={"T2M": {}}), SchemaChanged),
    "another fill": (mid_caspian(header=HEADER | {"fill_value": -99.0}), SchemaChanged),
    "time of the sun": (mid_caspian(header=HEADER | {"time_standard": "LST"}), SchemaChanged),
}


@pytest.mark.parametrize(("raw", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_an_answer_has_its_error(raw, error):
    with pytest.raises(error) as caught:
        power.parse(raw, series())
    assert len(str(caught.value).splitlines()) == 1


def test_a_unit_that_measures_something_else_is_refused():
    raw = mid_caspian(parameters={"T2M": {"units": "kW-hr/m^2/day", "longname": "Sun"}})
    with pytest.raises(SchemaChanged, match="kW-hr"):
        finished(raw)
