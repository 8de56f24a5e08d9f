"""The World Bank's API v2. Physical numbers come from the recorded answers (gross domestic product of Japan,
which proves the form) and from Kazakhstan's published emissions, 399 Mt in 2018 and 340 Mt in 2023."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, NoValue, SchemaChanged, Truncated
from loaders.formats.json_text import read_json
from loaders.sources import world_bank
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.world_bank import answer, message, rows

GHG = "EN.GHG.ALL.LU.MT.CE.AR5"
TODAY = date(2026, 8, 10)
KAZ = {2015: None, 2016: 390.0, 2017: None, 2018: 399.0, 2022: 345.0, 2023: 340.0, 2024: None, 2025: None}


def series(series_id: str = "kaz-ghg-lulucf-world-bank") -> Series:
    return catalogue().series[series_id]


def gdp(iso3: str) -> Series:
    provider = {"code": "NY.GDP.MKTP.CD", "iso3": iso3, "unit": "Mt"}
    return series().model_copy(update={"provider": provider})


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(world_bank.parse(raw, row), row))


# ---- requests --------------------------------------------------------------------------------------------


def test_one_request_per_indicator_for_the_eight_countries():
    selected = [row for row in catalogue().series.values() if row.source == "world-bank"]
    assert len(selected) == 7 * 8
    asked = world_bank.requests(selected, today=TODAY, held={})
    assert len(asked) == 7
    assert asked[0].path == (
        "country/KAZ;UZB;TKM;KGZ;TJK;AZE;RUS;IRN/indicator/EN.GHG.ALL.MT.CE.AR5"
        "?format=json&source=2&per_page=20000&date=1990:2026"
    )
    assert sorted(one for request in asked for one in request.series) == sorted(row.id for row in selected)
    assert "aze-water-stress-world-bank" in asked[5].series


def test_no_archived_indicator_is_asked():
    codes = {row.provider["code"] for row in catalogue().series.values() if row.source == "world-bank"}
    assert not [code for code in codes if code.startswith(("EN.ATM.CO2E", "EN.ATM.GHGT"))]


def test_the_titles_say_which_definition_is_meant():
    assert "without land use" in series("kaz-ghg-world-bank").title
    assert "with land use" in series("kaz-ghg-lulucf-world-bank").title
    assert "electricity" in series("uzb-renewables-share-world-bank").title
    assert "hydropower included" in series("uzb-renewables-share-world-bank").title


def test_the_probe_asks_one_country_for_few_years():
    asked = world_bank.probe([series("kaz-co2-world-bank"), series("uzb-co2-world-bank")], today=TODAY)
    assert asked.path == (
        "country/KAZ/indicator/EN.GHG.CO2.MT.CE.AR5?format=json&source=2&per_page=20000&date=2014:2026"
    )


# ---- recorded answers ------------------------------------------------------------------------------------


def recorded(samples, name: str) -> bytes:
    return (samples / "national/worldbank" / name).read_bytes()


def test_a_recorded_answer_gives_the_recorded_numbers(samples):
    raw = recorded(samples, "values_multi_country_0.json")
    parsed = world_bank.parse(raw, gdp("JPN"))
    by_year = parsed["value"].to_series()
    assert by_year["2019-01-01"] == 5081769542379.77
    assert by_year["2018-01-01"] == 4954806619995.19
    assert by_year.index.max().year == 2019  # 2020 stands with null
    assert parsed.attrs["provider_version"] == "last updated 2021-05-25"
    assert (parsed["time"].dt.dayofyear == 1).all()


def test_a_recorded_page_leads_to_the_next_until_the_last(samples):
    first = world_bank.requests([gdp("JPN")], today=TODAY, held={})[0]
    raw = recorded(samples, "values_multi_country_1.json")
    second = world_bank.more(raw, first)
    assert second.path == first.path + "&page=2"
    assert second.series == first.series
    last = json.loads(raw)
    last[0]["page"] = 2
    assert world_bank.more(json.dumps(last).encode(), second) is None


def test_more_than_two_pages_do_not_pile_up():
    first = world_bank.requests([series()], today=TODAY, held={})[0]
    items = rows(GHG, {"KAZ": KAZ})
    second = world_bank.more(answer(items, page=1, pages=3), first)
    third = world_bank.more(answer(items, page=2, pages=3), second)
    assert third.path == first.path + "&page=3"
    assert world_bank.more(answer(items, page=3, pages=3), third) is None


def test_two_indicators_with_null_source_parse_by_code(samples):
    raw = recorded(samples, "values_multi_country_source_0.json")
    items = json.loads(raw)
    assert items[0]["sourceid"] is None
    assert world_bank.parse(raw, gdp("JPN"))["value"].to_series()["2019-01-01"] == 5081769542379.77


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("values_multi_country_2.json", "120 Invalid value"),
        ("values_multi_country_3.json", "120 Invalid value"),
        ("values_multi_country_source_3.json", r"120 Invalid value .*\(and 2 more\)"),
        ("error_175_archived_indicator.RECONSTRUCTED.json", "175 Invalid format The indicator was not found"),
    ],
)
def test_an_error_with_status_200_is_told_in_its_own_words(samples, name, said):
    raw = recorded(samples, name)
    with pytest.raises(SchemaChanged, match=said):
        world_bank.parse(raw, series())
    with pytest.raises(SchemaChanged, match=said):
        world_bank.more(raw, world_bank.requests([series()], today=TODAY, held={})[0])


def test_a_web_page_is_a_bad_format(samples):
    """The transfer layer refuses it first: it came with status 400."""
    with pytest.raises(BadFormat, match="not JSON"):
        world_bank.parse(recorded(samples, "values_multi_country_source_4.json"), series())


def test_the_writer_of_answers_keeps_the_recorded_form(samples):
    words = ("120", "Invalid value", "The provided parameter value is not valid")
    assert message(words) == recorded(samples, "values_multi_country_2.json").removeprefix(b"\xef\xbb\xbf")
    true = json.loads(recorded(samples, "values_multi_country_1.json"))
    ours = json.loads(answer(rows(GHG, {"KAZ": KAZ})))
    assert list(ours[0]) == list(true[0])
    assert list(ours[1][0]) == list(true[1][0])


# ---- values ----------------------------------------------------------------------------------------------


def test_years_without_value_are_left_out_at_the_ends_and_missing_between():
    dataset = finished(answer(rows(GHG, {"UZB": {2023: 214.0}, "KAZ": KAZ})))
    years = dataset["time"].dt.year.values.tolist()
    assert years == [2016, 2017, 2018, 2022, 2023]
    assert dataset["value"].values.tolist()[2:] == [399.0, 345.0, 340.0]
    assert np.isnan(dataset["value"].values[1])
    assert dataset["qc"].values.tolist() == [1, Flag.MISSING, 1, 1, 1]
    assert dataset["provisional"].values.tolist() == [0, 0, 0, 0, 1]
    assert dataset["value"].attrs["units"] == "Mt CO2e"
    assert dataset.attrs["sea"] == "both"


def test_carbon_dioxide_is_in_million_tonnes_and_water_in_cubic_kilometres():
    co2 = finished(answer(rows("EN.GHG.CO2.MT.CE.AR5", {"KAZ": {2024: 287.0}})), series("kaz-co2-world-bank"))
    assert (co2["value"].item(), co2["value"].attrs["units"]) == (287.0, "Mt")
    water = finished(
        answer(rows("ER.H2O.FWTL.K3", {"UZB": {2021: 58.9}})), series("uzb-water-withdrawal-world-bank")
    )
    assert (water["value"].item(), water["value"].attrs["units"]) == (58.9, "km3")


def test_every_row_of_the_catalogue_reads_its_own_answer():
    for row in catalogue().series.values():
        if row.source == "world-bank":
            iso3, code = str(row.provider["iso3"]), str(row.provider["code"])
            dataset = finished(answer(rows(code, {iso3: {2019: 12.5, 2020: 12.75}})), row)
            assert dataset["value"].values.tolist() == [12.5, 12.75]
            assert row.place == iso3.lower()


def test_a_country_whose_every_year_is_null_has_no_published_value_and_an_absent_one_is_not_data():
    raw = answer(rows(GHG, {"KAZ": KAZ, "TKM": {2022: None, 2023: None}}))
    with pytest.raises(NoValue, match="no value"):
        world_bank.parse(raw, series("tkm-ghg-lulucf-world-bank"))
    with pytest.raises(NotData, match="no row") as caught:
        world_bank.parse(raw, series("irn-ghg-lulucf-world-bank"))
    assert not isinstance(caught.value, NoValue)


def test_a_country_cut_by_a_page_is_whole_again_when_the_pages_are_joined():
    items = rows(GHG, {"KAZ": {2020: 1.0, 2021: 2.0, 2022: 3.0, 2023: 4.0}, "UZB": {2023: 5.0}})
    first = world_bank.parse(answer(items[:2], page=1, pages=2), series())
    second = world_bank.parse(answer(items[2:], page=2, pages=2), series())
    assert first["value"].values.tolist() == [3.0, 4.0]
    assert first["provisional"].values.tolist() == [0, 1]
    assert second["value"].values.tolist() == [1.0, 2.0]
    assert second["provisional"].values.tolist() == [0, 0]
    with pytest.raises(NotData):
        world_bank.parse(answer(items[:2], page=1, pages=2), series("uzb-ghg-lulucf-world-bank"))


def test_page_numbers_may_be_texts():
    items = rows(GHG, {"KAZ": KAZ})
    head, body = json.loads(answer(items, per_page="50"))
    head |= {"page": "1", "pages": "2"}
    first = world_bank.requests([series()], today=TODAY, held={})[0]
    assert world_bank.more(json.dumps([head, body]).encode(), first).path.endswith("&page=2")


# ---- broken answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b" \n", answer(None), answer([]), b'[{"page":1,"pages":1}]'])
def test_an_answer_without_rows_is_not_data(raw):
    with pytest.raises(NotData):
        world_bank.parse(raw, series())


def changed(**fields) -> bytes:
    items = rows(GHG, {"KAZ": KAZ})
    items[1] = items[1] | fields
    return answer(items)


BROKEN = {
    "an object": b'{"page": 1}',
    "a number": b"5",
    "rows are text": b'[{"page":1,"pages":1}, "rows"]',
    "rows are numbers": b'[{"page":1,"pages":1}, [1, 2]]',
    "no page numbers": b'[{"total":1}, [{"countryiso3code":"AZE"}]]',
    "value is text": changed(value="345,0"),
    "value is true": changed(value=True),
    "quarter for a year": changed(date="2024Q1"),
    "year is a number": changed(date=2024),
    "NaN": changed(value=float("nan")),
    "Infinity": changed(value=float("inf")),
    "too large": answer(rows(GHG, {"KAZ": KAZ})).replace(b"345.0", b"1e999"),
    "a very long number": answer(rows(GHG, {"KAZ": KAZ})).replace(b"345.0", b"9" * 5000),
    "latin-1": answer(rows(GHG, {"KAZ": KAZ})).replace(b"Kazakhstan", b"Kazakhst\xe4n"),
    "utf-16": answer(rows(GHG, {"KAZ": KAZ})).decode().encode("utf-16"),
    "nested": b"[" * 100_000,
    "a key twice": b'[{"page":1,"page":2,"pages":1}, [{"countryiso3code":"AZE"}]]',
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_broken_answers_are_a_bad_format(raw):
    with pytest.raises(BadFormat):
        world_bank.parse(raw, series())


@pytest.mark.fault("N06")
@pytest.mark.parametrize("lost", [1, 2, 9, 40, 200])
def test_an_answer_that_ends_early_is_truncated(lost):
    with pytest.raises(Truncated, match="ends early"):
        world_bank.parse(answer(rows(GHG, {"KAZ": KAZ}))[:-lost], series())


def test_rows_of_another_indicator_are_refused():
    raw = answer(rows("NY.GDP.MKTP.CD", {"KAZ": KAZ}))
    with pytest.raises(SchemaChanged, match=r"'NY.GDP.MKTP.CD', asked was EN.GHG.ALL.LU"):
        world_bank.parse(raw, series())


def test_a_byte_order_mark_is_read():
    assert read_json(b'\xef\xbb\xbf{"a": [1, 2.5, null, "\xc2\xb0C"]}') == {"a": [1, 2.5, None, "°C"]}
