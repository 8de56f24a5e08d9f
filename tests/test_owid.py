"""Our World in Data. Physical numbers: Kazakhstan's fossil CO2 of 281.8 (2020), 244.9 (2021) and 287.0 Mt
(2024) in the published table, 21.98 km3 of water withdrawn, 41,335 t of fish caught in 2016 (FAO)."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.pipeline.assemble import assemble
from loaders.quality import qc
from loaders.sources import owid
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.owid import description, table

TODAY = date(2026, 8, 10)
NOW = datetime.fromisoformat("2026-08-10T00:00:00+00:00")
CO2 = {2020: 281_789_000.0, 2021: 244_904_000.0, 2022: None, 2024: 287_006_000.0}


def series(series_id: str = "kaz-co2-owid-grapher") -> Series:
    return catalogue().series[series_id]


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return qc.flag(check(conform(owid.parse(raw, row), row)), row)


# ---- requests --------------------------------------------------------------------------------------------


def test_one_table_per_chart_for_the_eight_countries_with_world_last():
    rows = [row for row in catalogue().series.values() if row.source == "owid"]
    asked = owid.requests(rows, today=TODAY, held={})
    assert len(rows) == 5 * 8
    assert [request.path.split(".csv?")[0] for request in asked] == [
        "annual-co2-emissions-per-country",
        "total-ghg-emissions",
        "share-electricity-renewables",
        "annual-freshwater-withdrawals",
        "capture-fishery-production",
    ]
    assert asked[0].path.split("?")[1] == (
        "v=1&csvType=filtered&useColumnShortNames=true"
        "&country=KAZ~UZB~TKM~KGZ~TJK~AZE~RUS~IRN~OWID_WRL&time=1990..latest"
    )
    assert sorted(one for request in asked for one in request.series) == sorted(row.id for row in rows)


def test_the_description_follows_the_table_and_nothing_follows_it():
    first = owid.requests([series()], today=TODAY, held={})[0]
    second = owid.more(table({"KAZ": CO2}), first)
    assert second.path == first.path.replace(".csv?", ".metadata.json?")
    assert second.series == first.series
    assert owid.more(description("tonnes"), second) is None


def test_the_probe_asks_one_country_for_few_years():
    asked = owid.probe([series(), series("uzb-co2-owid-grapher")], today=TODAY)
    assert asked.path.endswith("country=KAZ~OWID_WRL&time=2020..latest")


def test_no_live_series_takes_the_id_of_an_embedded_one():
    rows = [row for row in catalogue().series.values() if row.source == "owid"]
    assert all(row.id.endswith("-owid-grapher") for row in rows)
    assert catalogue().series["kaz-co2-owid"].source == "published"


# ---- values ----------------------------------------------------------------------------------------------


def test_a_recorded_table_gives_the_recorded_numbers(samples):
    raw = (samples / "national/owid/grapher_per-capita-energy-use.subset.csv").read_bytes()
    provider = {"iso3": "AZE", "unit": "kWh"}
    found = owid.parse(raw, series().model_copy(update={"provider": provider}))
    by_year = found["value"].to_series()
    assert by_year["2024-01-01"] == 20137.387
    assert by_year["1985-01-01"] == 34552.445
    assert found["value"].attrs["units"] == "kWh"


def test_tonnes_become_million_tonnes_and_an_empty_cell_is_no_year():
    dataset = finished(table({"AZE": {2024: 36_000_000.0}, "KAZ": CO2}))
    assert dataset["time"].dt.year.values.tolist() == [2020, 2021, 2024]
    assert dataset["value"].values == pytest.approx([281.789, 244.904, 287.006])
    assert dataset["value"].attrs["units"] == "Mt"
    assert dataset["provisional"].values.tolist() == [0, 0, 1]
    assert dataset["qc"].values.tolist() == [Flag.PASS] * 3


def test_cubic_metres_become_cubic_kilometres_and_another_factor_fails():
    row = series("kaz-water-withdrawal-owid-grapher")
    water = finished(table({"KAZ": {2020: 24.0e9, 2021: 24.5e9}}), row)
    assert water["value"].values == pytest.approx([24.0, 24.5])
    assert water["qc"].values.tolist() == [Flag.PASS] * 2
    billions = finished(table({"KAZ": {2020: 24.0, 2021: 24.5}}), row)
    assert billions["qc"].values.tolist() == [Flag.FAIL] * 2


def test_shares_and_fish_keep_their_unit():
    share = finished(table({"TJK": {2023: 90.1, 2024: 92.5}}), series("tjk-renewables-share-owid-grapher"))
    assert (share["value"].values.tolist(), share["value"].attrs["units"]) == ([90.1, 92.5], "%")
    fish = finished(table({"KAZ": {2016: 41_335.0}}), series("kaz-fish-capture-owid-grapher"))
    assert (fish["value"].item(), fish["value"].attrs["units"]) == (41_335.0, "t")


def test_every_row_of_the_catalogue_reads_its_own_country():
    for row in catalogue().series.values():
        if row.source == "owid":
            iso3 = str(row.provider["iso3"])
            dataset = owid.parse(table({"KAZ": {2020: 5.0}, iso3: {2020: 12.5}}), row)
            assert dataset["value"].values.tolist() == [12.5]
            assert row.place == iso3.lower()


@pytest.mark.parametrize("short", [True, False])
def test_column_names_are_met_in_either_case(short):
    raw = table({"KAZ": CO2}, short=short, column="Annual CO₂ emissions")
    assert owid.parse(raw, series()).sizes["time"] == 3


def test_a_column_of_words_is_no_value():
    lines = table({"KAZ": CO2}).decode().split("\n")
    words = [lines[0] + ",owid_region", *(line + ",Asia" for line in lines[1:])]
    assert owid.parse("\n".join(words).encode(), series()).sizes["time"] == 3
    numbers = [lines[0] + ",population", *(line + ",20000000" for line in lines[1:])]
    with pytest.raises(SchemaChanged, match="2 columns of numbers"):
        owid.parse("\n".join(numbers).encode(), series())


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_cut_table_never_gives_a_shorter_number(cut):
    raw = table({"KAZ": CO2, "UZB": {2023: 121_000_000.0, 2024: 123_456_000.0}})[:-cut]
    try:
        found = owid.parse(raw, series("uzb-co2-owid-grapher"))["value"].values
    except (NotData, Truncated):
        return
    assert set(found) <= {121_000_000.0, 123_456_000.0}


# ---- the description -------------------------------------------------------------------------------------


def test_the_description_gives_citation_and_date_of_the_joined_series():
    row, source = series(), catalogue().sources["owid"]
    bodies = [table({"KAZ": CO2}), description("tonnes", cited="Global Carbon Budget (2025)")]
    made = assemble(row, source, owid.parse, bodies, retrieved=NOW, now=NOW, old=None).dataset
    assert made["value"].values == pytest.approx([281.789, 244.904, 287.006])
    assert made.attrs["provider_version"] == "last updated 2025-11-13"
    assert "Global Carbon Budget (2025)" in made.attrs["caveat"]


@pytest.mark.parametrize(
    ("series_id", "unit"),
    [
        ("kaz-co2-owid-grapher", "tonnes"),
        ("kaz-ghg-owid-grapher", "tonnes of CO₂ equivalents"),
        ("kaz-ghg-owid-grapher", "tonnes of CO₂-equivalents"),
        ("kaz-renewables-share-owid-grapher", "%"),
        ("kaz-water-withdrawal-owid-grapher", "m³"),
        ("kaz-water-withdrawal-owid-grapher", "billion cubic meters"),
        ("kaz-fish-capture-owid-grapher", "metric tons"),
    ],
)
def test_a_known_unit_is_met(series_id, unit):
    assert owid.parse(description(unit), series(series_id)).sizes["time"] == 0


@pytest.mark.parametrize("unit", ["million tonnes", "tonnes per capita", "kg", ""])
def test_another_unit_is_refused(unit):
    with pytest.raises(SchemaChanged, match="the chart is in"):
        owid.parse(description(unit), series())


@pytest.mark.parametrize("raw", [b"{}", b'{"columns": []}', b'{"columns": {}}', b"{", description("t")[:-9]])
def test_a_broken_description_is_refused(raw):
    with pytest.raises((BadFormat, Truncated)):
        owid.parse(raw, series())


# ---- refused tables --------------------------------------------------------------------------------------

WHOLE = table({"KAZ": CO2})


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (b"entity,code,year,value\n", NotData),
        (table({"UZB": {2020: 1.0}}), NotData),
        (table({"KAZ": {2020: 0.0, 2021: 0.0}}), NotData),
        (table({"KAZ": {2020: None}}), NotData),
        (WHOLE.replace(b"code", b"iso"), SchemaChanged),
        (WHOLE.replace(b"year", b"day"), SchemaChanged),
        (WHOLE.replace(b",", b";"), BadFormat),
        (WHOLE.replace(b"2020", b"20"), BadFormat),
        (WHOLE.replace(b"2021", b"2020"), BadFormat),
        (WHOLE.replace(b"281789000.0", b"281,789"), Truncated),
        (WHOLE.replace(b"281789000.0", b"n/a"), SchemaChanged),
        (WHOLE.replace(b"code", b"entity"), SchemaChanged),
        (WHOLE.decode().encode("utf-16"), BadFormat),
        (WHOLE.replace(b"Kazakhstan", b"Kazakhst\xe4n"), BadFormat),
        (WHOLE.replace(b"Kazakhstan", b"Kaz\0"), BadFormat),
        (WHOLE.replace(b"Kazakhstan", b'"Kazakhstan'), BadFormat),
    ],
)
def test_refused_tables(raw, error):
    with pytest.raises(error):
        owid.parse(raw, series())


def test_line_ends_and_mark_of_other_systems_are_read():
    raw = b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n")
    assert np.array_equal(owid.parse(raw, series())["value"], owid.parse(WHOLE, series())["value"])
