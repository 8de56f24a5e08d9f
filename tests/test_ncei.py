"""NOAA NCEI's months of stations: metric or refused, the provider's flags kept, one station at a time."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import ncei
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from tests.payloads.ncei import ASTRAKHAN, answer, months, row

TODAY = date(2026, 11, 24)
RAIN = "astrakhan-precipitation-ncei"
# A year with the mean of 9.9 degC that is published for Astrakhan, 1961-1990.
YEAR = [-6.1, -5.4, 0.9, 10.4, 17.8, 22.8, 25.2, 23.4, 17.3, 9.6, 3.0, -0.1]


def series(series_id: str = "astrakhan-air-temperature-ncei") -> Series:
    return catalogue().series[series_id]


def all_rows() -> list[Series]:
    return [item for item in catalogue().series.values() if item.source == "ncei"]


def finished(raw: bytes, item: Series | None = None):
    item = item or series()
    return check(conform(ncei.parse(raw, item), item))


def asked(request) -> dict[str, str]:
    parts = urlsplit(request.path)
    assert parts.path == "access/services/data/v1"
    return {key: value[0] for key, value in parse_qs(parts.query).items()}


def years(first: int, last: int, factor: float = 1.0, shift: float = 0.0) -> bytes:
    values = [f"{(value + shift) * factor:.1f}" for value in YEAR] * (last - first + 1)
    return answer([row(month, value) for month, value in zip(months(first, last), values, strict=True)])


# ---- what is asked ---------------------------------------------------------------------------------------


def test_each_station_is_one_call_for_both_elements_in_metric_units():
    requests = ncei.requests(all_rows(), today=TODAY, held={})
    assert len(requests) == 18
    by_station = {asked(request)["stations"]: request for request in requests}
    assert asked(by_station[ASTRAKHAN]) == {
        "dataset": "global-summary-of-the-month",
        "stations": ASTRAKHAN,
        "startDate": "1961-01-01",
        "endDate": "2026-11-24",
        "dataTypes": "TAVG,PRCP",
        "units": "metric",
        "includeAttributes": "true",
        "format": "csv",
    }
    assert set(by_station[ASTRAKHAN].series) == {series().id, RAIN}


def test_the_probe_is_one_element_of_one_station():
    query = asked(ncei.probe(all_rows(), today=TODAY))
    assert (query["stations"], query["dataTypes"], query["startDate"]) == (
        "KZ000035746",
        "TAVG",
        "2024-01-01",
    )


def test_stations_stand_where_noaa_has_them(samples):
    """ghcnd-stations.txt: id, latitude, longitude in fixed columns; two stations are not in the copy."""
    lines = (samples / "climate/ghcn/ghcnd-stations.two_seas.txt").read_text("utf-8").splitlines()
    known = {line[:11]: (float(line[11:20]), float(line[20:30])) for line in lines if line.strip()}
    places = {item.place: catalogue().places[item.place] for item in all_rows()}
    listed = {place.code: (place.latitude, place.longitude) for place in places.values()}
    assert {code for code in listed if code not in known} == {"TX000038507", "IRM00040718"}
    assert all(listed[code] == known[code] for code in listed if code in known)
    assert {item.provider["station"] for item in all_rows()} == set(listed)


def test_chimbay_and_nukus_are_two_stations():
    assert series("chimbay-air-temperature-ncei").provider["station"] == "UZM00038262"
    assert series("nukus-air-temperature-ncei").provider["station"] == "UZM00038264"


# ---- recorded forms --------------------------------------------------------------------------------------


def test_recorded_months_of_new_york(samples):
    """The order service's table of Central Park, given the attributes that this service adds."""
    text = (samples / "climate/ghcn/gsom_cdo_USW00094728.head.csv").read_text("utf-8")
    table = [item for item in csv.DictReader(io.StringIO(text)) if item["TAVG"] and item["PRCP"]]
    raw = answer([row(item["DATE"], item["TAVG"], item["PRCP"]) for item in table], station="USW00094728")
    warm = series().model_copy(update={"provider": {"station": "USW00094728", "element": "TAVG"}})
    wet = series(RAIN).model_copy(update={"provider": {"station": "USW00094728", "element": "PRCP"}})
    temperature, rain = finished(raw, warm), finished(raw, wet)
    assert temperature["value"].values[:3].tolist() == [0.1, -0.9, 0.8]
    assert rain["value"].values[:3].tolist() == [107.4, 136.7, 88.6]
    assert temperature["value"].attrs["units"] == "degC"
    assert rain["value"].attrs["units"] == "mm"
    assert np.datetime_as_string(rain["time"].values[:2], unit="D").tolist() == ["1900-01-01", "1900-02-01"]
    # 1900 in Central Park: mean (maximum + minimum) / 2 of the same rows.
    both = [(float(item["TMAX"]) + float(item["TMIN"])) / 2 for item in table[:12]]
    assert temperature["value"].values[:12] == pytest.approx(both, abs=0.11)


def test_recorded_months_without_attributes_are_refused(samples):
    raw = (samples / "climate/ghcn/gsom_cdo_USW00094728.head.csv").read_bytes()
    item = series().model_copy(update={"provider": {"station": "USW00094728", "element": "TAVG"}})
    with pytest.raises(SchemaChanged, match="TAVG_ATTRIBUTES"):
        ncei.parse(raw, item)


def test_recorded_days_of_another_station_are_refused(samples):
    raw = (samples / "climate/ghcn/access_AG000060590.head.csv").read_bytes()
    with pytest.raises(SchemaChanged, match="AG000060590"):
        ncei.parse(raw, series())
    item = series(RAIN).model_copy(update={"provider": {"station": "AG000060590", "element": "PRCP"}})
    with pytest.raises(BadFormat, match="no month in '1892-01-01'"):
        ncei.parse(raw, item)


def test_a_recorded_page_is_no_table(samples):
    with pytest.raises((SchemaChanged, BadFormat)):
        ncei.parse((samples / "climate/ghcn/ncei_access_404.body.html").read_bytes(), series())


# ---- flags -----------------------------------------------------------------------------------------------

FLAGS = {
    "whole": ("0,,,S", 1, 0),
    "blank count": (",,,S", 1, 0),
    "trace": ("0,T,,S", 1, 0),
    "six days missing": ("6,,,S", 1, 0),
    "seven days missing": ("7,,,S", 3, 1),
    "a total over missing days": ("2,a,,S", 3, 0),
    "outlier": ("0,,O,S", 4, 0),
    "inconsistent, and days missing": ("9,,I,S", 4, 1),
    "short": ("0", 1, 0),
}


@pytest.mark.parametrize(("attributes", "flag", "partial"), FLAGS.values(), ids=FLAGS)
def test_the_providers_flags_are_kept_with_the_value(attributes, flag, partial):
    dataset = finished(answer([row("2025-01", "", "31.2", p=attributes)]), series(RAIN))
    assert dataset["value"].item() == 31.2
    assert (dataset["qc"].item(), dataset["provisional"].item()) == (flag, partial)


def test_the_source_of_a_temperature_is_no_quality_flag():
    assert finished(answer([row("2025-01", "-3.2", t="0,S")]))["qc"].item() == 1


# ---- values ----------------------------------------------------------------------------------------------


def test_months_without_a_value_are_left_out_and_order_does_not_matter():
    raw = answer([row("2025-03", "0.9", "12.0"), row("2025-02", "", "8.5"), row("2025-01", "-6.1")])
    temperature, rain = finished(raw), finished(raw, series(RAIN))
    assert temperature["value"].values.tolist() == [-6.1, 0.9]
    assert rain["value"].values.tolist() == [8.5, 12.0]


def test_blanks_inside_the_quotes_are_no_part_of_a_number():
    assert finished(answer([row("2025-01", "   -6.1")]))["value"].item() == -6.1


def test_a_column_that_holds_nothing_is_not_sent():
    raw = answer([row("2025-01", "", "8.5")], columns=("STATION", "DATE", "PRCP", "PRCP_ATTRIBUTES"))
    assert finished(raw, series(RAIN))["value"].item() == 8.5
    with pytest.raises(NotData, match="RSM00034880 has no TAVG"):
        ncei.parse(raw, series())
    with pytest.raises(NotData, match="has no TAVG"):
        ncei.parse(answer([row("2025-01", "", "8.5")]), series())


def test_thirty_years_with_the_mean_published_for_astrakhan_pass():
    """9.9 degC for 1961-1990, as the Caspian Sea State of the Environment prints."""
    dataset = finished(years(1961, 1990))
    assert dataset.sizes["time"] == 360
    assert float(dataset["value"].mean()) == pytest.approx(9.9, abs=0.05)


@pytest.mark.parametrize("shift", [-3.4, 3.4])
def test_another_climate_is_another_station(shift):
    with pytest.raises(SchemaChanged, match=r"9\.9 is published for astrakhan"):
        ncei.parse(years(1961, 1990, shift=shift), series())


def test_newer_years_may_be_warmer_than_the_normal():
    assert ncei.parse(years(2011, 2025, shift=3.4), series()).sizes["time"] == 180


@pytest.mark.parametrize("factor", [10.0, 100.0])
def test_tenths_and_hundredths_of_a_degree_are_refused(factor):
    with pytest.raises(SchemaChanged, match="not the metric units"):
        ncei.parse(years(1991, 2000, factor), series())


def test_rain_beside_tenths_of_a_degree_is_refused_too():
    raw = answer([row(f"2025-{month:02d}", "251", "312") for month in range(1, 13)])
    with pytest.raises(SchemaChanged, match="not the metric units"):
        ncei.parse(raw, series(RAIN))


def test_one_impossible_month_does_not_hide_the_others():
    values = [f"{value}" for value in YEAR * 3]
    values[7] = "99.9"
    raw = answer([row(month, value) for month, value in zip(months(2001, 2003), values, strict=True)])
    assert ncei.parse(raw, series()).sizes["time"] == 36


def test_every_row_of_the_catalogue_reads_its_own_station():
    for item in all_rows():
        raw = answer([row("2025-01", "1.5", "20.0")], station=str(item.provider["station"]))
        dataset = finished(raw, item)
        assert dataset["value"].item() == (1.5 if item.indicator == "air-temperature" else 20.0)
        assert dataset.attrs["kind"] == "observed"
        assert "not adjusted" in dataset.attrs["caveat"]


# ---- answers that are refused ----------------------------------------------------------------------------

GOOD = answer([row("2025-01", "-6.1", "12.0"), row("2025-02", "-5.4", "8.5")])
REFUSED = {
    "empty": (b"", NotData),
    "blank": (b"\n", NotData),
    "an empty list": (b"[]", NotData),
    "header only": (answer([]), NotData),
    "another station": (answer([row("2025-01", "-6.1")], station="KZ000035700"), SchemaChanged),
    "no station column": (GOOD.replace(b"STATION", b"POST"), SchemaChanged),
    "days": (answer([row("2025-01-01", "-6.1")]), BadFormat),
    "month 13": (answer([row("2025-13", "-6.1")]), BadFormat),
    "no number": (answer([row("2025-01", "-6,1")]), BadFormat),
    "no count of days": (answer([row("2025-01", "-6.1", t="S,0")]), BadFormat),
    "latin-1": (GOOD.replace(b"0,S", b"\xe8,S"), BadFormat),
    "a row too short": (GOOD.replace(b',"12.0"', b""), Truncated),
}


@pytest.mark.parametrize(("raw", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_an_answer_has_its_error(raw, error):
    with pytest.raises(error) as caught:
        ncei.parse(raw, series())
    assert len(str(caught.value).splitlines()) == 1


def test_an_unknown_station_among_known_ones_shows_in_the_rows():
    raw = GOOD + answer([row("2025-01", "3.0")], station="XX000000000").split(b"\n", 1)[1]
    with pytest.raises(SchemaChanged, match="XX000000000"):
        ncei.parse(raw, series())


def test_a_line_that_was_cut_is_left_out():
    assert ncei.parse(GOOD[:-8], series())["value"].values.tolist() == [-6.1]
