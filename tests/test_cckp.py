"""The World Bank's climate portal: years of countries, and projections that nothing takes for a record."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import numpy as np
import pytest

import loaders
from dashboard.series.comparison import panels
from dashboard.series.snapshot import Snapshot
from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged, Truncated
from loaders.pipeline.plan import Selection
from loaders.quality import qc
from loaders.sources import cckp
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.loopback import reply, serve
from tests.payloads.cckp import answer, years

TODAY = date(2026, 11, 24)
COUNTRIES = ["KAZ", "UZB", "TKM", "KGZ", "TJK", "AZE", "RUS", "IRN"]
HISTORY = "kaz-air-temperature-cckp"
PROJECTION = "kaz-air-temperature-cckp-ssp245"
# Kazakhstan's mean of 2007-2016 is 6.5 degC (Caspian Sea State of the Environment 2019).
KAZ = years(2007, [6.9, 6.9, 6.0, 6.4, 6.0, 5.8, 7.2, 5.8, 7.1, 6.9])


def series(series_id: str = HISTORY) -> Series:
    return catalogue().series[series_id]


def all_rows() -> list[Series]:
    return [row for row in catalogue().series.values() if row.source == "cckp"]


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(cckp.parse(raw, row), row))


# ---- what is asked ---------------------------------------------------------------------------------------


def test_each_code_is_one_call_for_all_countries():
    requests = cckp.requests(all_rows(), today=TODAY, held={})
    paths = [urlsplit(request.path) for request in requests]
    codes, countries = zip(*(path.path.split("/") for path in paths), strict=True)
    assert [code.split("_")[2] for code in codes] == ["tas", "pr", "tas", "pr"]
    assert all(named.split(",") == COUNTRIES for named in countries)
    assert all(path.query == "_format=json" for path in paths)
    assert all(len(code.split("_")) >= 11 for code in codes)
    assert all("_ssp245_" in code for code in codes[2:])
    assert sum(len(request.series) for request in requests) == 32


def test_where_the_newest_record_is_not_there_yet_the_one_before_is_asked():
    newest = cckp.requests(all_rows(), today=TODAY, held={})[0]
    assert "1901-2025" in newest.path
    assert "1901-2024_mean_historical_cru_ts4.09" in newest.instead
    older = cckp.more(answer({}), newest)
    assert (older.path, older.series, older.instead) == (newest.instead, newest.series, "")
    assert cckp.more(answer({}), older) is None
    assert cckp.more(answer({"KAZ": KAZ}), newest) is None


def test_the_probe_is_one_code_for_one_country():
    request = cckp.probe(all_rows(), today=TODAY)
    assert request.path.endswith("/KAZ?_format=json")
    assert request.series == (HISTORY,)


# ---- values ----------------------------------------------------------------------------------------------


def test_a_year_stands_at_its_first_day_and_in_degrees():
    dataset = finished(answer({"UZB": years(2007, [14.0] * 10), "KAZ": KAZ}))
    assert float(dataset["value"].mean()) == pytest.approx(6.5, abs=0.01)
    assert np.datetime_as_string(dataset["time"].values[[0, -1]], unit="D").tolist() == [
        "2007-01-01",
        "2016-01-01",
    ]
    assert dataset["value"].attrs["units"] == "degC"
    assert (dataset.attrs["kind"], dataset.attrs["independence_group"]) == ("derived", "cru")


def test_rain_is_a_sum_in_millimetres_and_russia_is_cold():
    wet = finished(answer({"KAZ": years(2023, [251.2, 263.0])}), series("kaz-precipitation-cckp"))
    assert wet["value"].values.tolist() == [251.2, 263.0]
    assert wet["value"].attrs["units"] == "mm"
    assert "time: sum" in wet.attrs["cell_methods"]
    cold = series("rus-air-temperature-cckp")
    flagged = qc.flag(finished(answer({"RUS": years(2022, [-4.1, -3.9])}), cold), cold)
    assert flagged["qc"].values.tolist() == [1, 1]
    hot = qc.flag(finished(answer({"KAZ": years(2022, [6.9, 69.0])})), series())
    assert hot["qc"].values.tolist() == [1, Flag.FAIL]


def test_years_without_value_are_left_out_at_the_ends_and_missing_between():
    dataset = finished(answer({"KAZ": years(2019, [None, 7.0, None, 7.5, None])}))
    assert dataset["time"].dt.year.values.tolist() == [2020, 2021, 2022]
    assert dataset["qc"].values.tolist() == [1, Flag.MISSING, 1]


def test_every_row_of_the_catalogue_reads_its_own_country():
    table = {iso3: years(2020, [10.0 + number, 11.0]) for number, iso3 in enumerate(COUNTRIES)}
    for row in all_rows():
        expected = 10.0 + COUNTRIES.index(row.place.upper())
        assert finished(answer(table), row)["value"].values[0] == expected


# ---- projections -----------------------------------------------------------------------------------------


def test_a_projection_is_told_from_a_record_in_every_way():
    for row in all_rows():
        ahead = row.id.endswith("-ssp245")
        assert row.projection == ahead
        assert ("projection" in row.cell_methods) == ahead
        assert ("A projection, not a record" in (row.caveat or "")) == ahead
        assert (row.kind == "modelled") == ahead
        assert (row.independence_group == "cmip6") == ahead
        assert row.label
        assert ("projected" in row.label) == ahead


def century() -> bytes:
    values: list[float | None] = [7.0 + 0.03 * offset for offset in range(86)]
    return answer({"KAZ": years(2015, values)})


def test_years_ahead_of_the_clock_pass_in_a_projection_and_fail_in_a_record():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    projected = qc.flag(finished(century(), series(PROJECTION)), series(PROJECTION), now=now)
    assert projected["time"].dt.year.values[-1] == 2100
    assert set(projected["qc"].values.tolist()) == {1}
    record = qc.flag(finished(century()), series(), now=now)
    assert set(record["qc"].values[-74:].tolist()) == {Flag.FAIL}


def test_a_projection_never_stands_in_for_a_record_on_a_panel():
    rows = [series(), series(PROJECTION)]
    stored = {HISTORY: finished(answer({"KAZ": KAZ})), PROJECTION: finished(century(), series(PROJECTION))}
    shown = panels(Snapshot(catalogue(), stored, "0"), rows, indicator="air-temperature", most=5)
    assert [row.id for row in shown] == [HISTORY]


def test_a_stored_projection_is_not_the_newest_data(monkeypatch):
    """The newest code is answered with 404, as it is until spring; the older one holds the record."""
    record = answer(dict.fromkeys(COUNTRIES, KAZ))
    ahead = json.dumps({"data": {iso3: json.loads(century())["data"]["KAZ"] for iso3 in COUNTRIES}}).encode()
    good = [reply(body, Content_Type="application/json") for body in (record, record, ahead, ahead)]
    with serve([reply(b"not found", "404 Not Found"), *good]) as server:
        monkeypatch.setenv("TWO_SEAS_CCKP_URL", server.url)
        (result,) = loaders.refresh(Selection(sources=("cckp",))).sources
    assert result.count("updated") == 32
    assert "ts4.09" in server.path(1)
    known = {item["id"]: item for item in loaders.status()["series"]}
    assert known[HISTORY]["newest"] == "2016-01-01"
    assert known[PROJECTION]["newest"] == "2100-01-01"
    assert loaders.status()["newest"] < "2030"


# ---- answers that are refused ----------------------------------------------------------------------------

REFUSED = {
    "empty": (b"", NotData),
    "a list": (b"[]", BadFormat),
    "a page": (b"<html><title>403 Forbidden</title></html>", BadFormat),
    "no data": (b'{"message":"Invalid code"}', BadFormat),
    "an empty list for data": (b'{"data":[]}', NotData),
    "data is a list": (b'{"data":[1]}', BadFormat),
    "no such country": (answer({"UZB": years(2020, [14.0])}), NotData),
    "a country without years": (answer({"KAZ": {}}), NotData),
    "years are a number": (b'{"data":{"KAZ":7}}', BadFormat),
    "nulls alone": (answer({"KAZ": years(2020, [None, None])}), NoValue),
    "noughts alone": (answer({"KAZ": years(2020, [0.0, 0.0])}), NotData),
    "months": (answer({"KAZ": {"2020-06": 20.0, "2020-07": 22.0}}), SchemaChanged),
    "plain years": (answer({"KAZ": {"2020": 7.0}}), SchemaChanged),
    "a year left out": (answer({"KAZ": {"2020-07": 7.0, "2022-07": 7.1}}), Truncated),
    "text": (b'{"data":{"KAZ":{"2020-07":"7.0"}}}', BadFormat),
    "kelvin": (answer({"KAZ": years(2020, [280.1, 280.4])}), SchemaChanged),
    "cut": (answer({"KAZ": KAZ})[:-4], BadFormat),
}


@pytest.mark.parametrize(("raw", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_an_answer_has_its_error(raw, error):
    with pytest.raises(error) as caught:
        cckp.parse(raw, series())
    assert len(str(caught.value).splitlines()) == 1


def test_a_message_is_told_in_its_own_words():
    with pytest.raises(BadFormat, match="Invalid code"):
        cckp.parse(json.dumps({"message": "Invalid code"}).encode(), series())
