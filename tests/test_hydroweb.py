"""Hydroweb. Physical numbers: Lake Tana at 1787.91 m with 3056.16 km2 on 27 September 1992, Lake Victoria at
1135.32 m a day later (recorded), the Caspian near -28.15 m in 2022."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import loaders
from loaders.cache import location, store
from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.sources import hydroweb
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.loopback import reply, serve
from tests.payloads.hydroweb import FILL, lake_file, search

TODAY = date(2026, 8, 10)
HOME = "https://hydroweb.next.theia-land.fr/files/"
OPE, RESEARCH = hydroweb.COLLECTIONS
PASSES = [
    ("2026/07/10 04:56", -28.41, 0.05, 371234.5, -90.1),
    ("2026/07/20 16:50", FILL, FILL, FILL, FILL),
    ("2026/07/30 02:35", -28.46, 0.07, FILL, FILL),
]


def series(**provider) -> Series:
    row = catalogue().series["caspian-level-hydroweb"]
    return row.model_copy(update={"provider": row.provider | provider})


def areas(**provider) -> Series:
    row = catalogue().series["caspian-area-published"]
    given = {"lake": "caspian", "column": "area"} | provider
    return row.model_copy(update={"provider": given, "source": "hydroweb", "credit": None})


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(hydroweb.parse(raw, row), row))


# ---- from the search to the file -------------------------------------------------------------------------


def test_a_lake_is_searched_in_its_box():
    (asked,) = hydroweb.requests([series()], today=TODAY, held={})
    assert asked.path == (
        "v1/rs-catalog/stac/search?collections=HYDROWEB_LAKES_OPE,HYDROWEB_LAKES_RESEARCH"
        "&bbox=46.0,36.0,56.0,48.0&limit=200"
    )
    assert asked.step
    assert hydroweb.probe([series()], today=TODAY) == asked


def test_the_operational_file_of_the_lake_is_chosen():
    found = search(
        ("sarykamish", OPE, HOME + "hydroprd_L_sarykamish.txt"),
        ("caspian", RESEARCH, HOME + "hydroprd_L_caspian_research.txt"),
        ("caspian", OPE, HOME + "hydroprd_L_caspian.txt"),
    )
    asked = hydroweb.requests([series()], today=TODAY, held={})[0]
    following = hydroweb.more(found, asked)
    assert following.path == HOME + "hydroprd_L_caspian.txt"
    assert following.series == ("caspian-level-hydroweb",)
    assert not following.step
    assert hydroweb.more(lake_file(PASSES), following) is None


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (search(("sarykamish", OPE, HOME)), SchemaChanged),
        (search(), SchemaChanged),
        (search(("caspian", OPE, "file.txt")), SchemaChanged),
        (b'{"features": [{"id": "L_caspian@x", "assets": {}}]}', SchemaChanged),
        (b'{"features": 5}', BadFormat),
        (b'{"message": "no"}', BadFormat),
        (b"[]", BadFormat),
    ],
)
def test_a_search_without_the_lake_is_told(raw, error):
    with pytest.raises(error):
        hydroweb.more(raw, hydroweb.requests([series()], today=TODAY, held={})[0])


def test_a_refresh_follows_both_steps_with_the_key_and_keeps_only_the_file(monkeypatch):
    monkeypatch.setenv("TWO_SEAS_HYDROWEB_KEY", "marker-key")
    replies = []
    with serve(replies) as server:
        found = search(("caspian", OPE, server.url + "files/hydroprd_L_caspian.txt"))
        replies += [
            reply(found, Content_Type="application/geo+json"),
            reply(lake_file(PASSES), Content_Type="text/plain"),
        ]
        monkeypatch.setenv("TWO_SEAS_HYDROWEB_URL", server.url)
        done = loaders.refresh(loaders.Selection(sources=("hydroweb",)))
        assert [server.header("X-Api-Key", hit) for hit in (0, 1)] == ["marker-key", "marker-key"]
        assert server.path(1) == "/files/hydroprd_L_caspian.txt"
        (kept,) = store.raw_entries()["hydroweb"].values()
        assert kept["url"] == server.url + "files/hydroprd_L_caspian.txt"
    assert [result.outcome for result in done.sources[0].series] == ["updated"]
    assert loaders.open_series("caspian-level-hydroweb")["value"].values[-1] == -28.46
    texts = [path.read_bytes() for path in location.folder().rglob("*") if path.is_file()]
    assert texts
    assert not any(b"marker-key" in text for text in texts)


# ---- recorded tables -------------------------------------------------------------------------------------


def recorded(samples, lake: str) -> bytes:
    return (samples / f"levels/hydroweb/hydroprd_L_{lake}.csv").read_bytes()


def test_recorded_heights_and_areas_of_lake_tana(samples):
    heights = finished(recorded(samples, "tana"), series(lake="tana"))
    assert heights["value"].values[:2].tolist() == [1787.91, 1788.15]
    assert heights["uncertainty"].values[:2].tolist() == [0.28, 0.07]
    assert np.datetime_as_string(heights["time"].values[0], unit="m") == "1992-09-27T02:35"
    found = finished(recorded(samples, "tana"), areas(lake="tana"))
    assert found["value"].values[:2].tolist() == [3056.16, 3067.35]
    assert found["value"].attrs["units"] == "km2"
    assert (found["qc"].values == Flag.MISSING).any()


def test_recorded_areas_of_lake_victoria_are_fills_alone(samples):
    assert finished(recorded(samples, "victoria"), series(lake="victoria"))["value"].values[0] == 1135.32
    with pytest.raises(NotData, match="no area"):
        hydroweb.parse(recorded(samples, "victoria"), areas(lake="victoria"))


# ---- files -----------------------------------------------------------------------------------------------


def test_heights_keep_their_sign_and_fills_are_missing():
    dataset = finished(lake_file(PASSES))
    assert dataset["value"].values[[0, 2]].tolist() == [-28.41, -28.46]
    assert np.isnan(dataset["value"].values[1])
    assert dataset["uncertainty"].values[[0, 2]].tolist() == [0.05, 0.07]
    assert dataset["qc"].values.tolist() == [Flag.PASS, Flag.MISSING, Flag.PASS]
    assert dataset.attrs["datum"] == "hydroweb-legos"
    assert "GGM02C" in dataset.attrs["datum_note"]
    assert dataset.attrs["provider_version"] == "produced 2026.60"
    assert finished(lake_file(PASSES), areas())["value"].values[0] == 371234.5


WHOLE = lake_file(PASSES)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (b"\n", NotData),
        (b"some words\n", NotData),
        (WHOLE.split(b"2026.5")[0], NotData),
        (lake_file(PASSES[1:2]), NotData),
        (lake_file(PASSES, lake="tana"), SchemaChanged),
        (lake_file(PASSES, last=2026.9), Truncated),
        (WHOLE.replace(b";", b","), Truncated),
        (WHOLE.replace(b"-28.41", b"-28,41"), BadFormat),
        (WHOLE.replace(b"2026/07/10", b"2026/02/30"), BadFormat),
        (WHOLE.replace(b"2026/07/10", b"10/07/2026"), BadFormat),
        (WHOLE.replace(b"2026/07/10", b"0001/01/01"), BadFormat),
        (WHOLE.replace(b"04:56", b"24:00"), BadFormat),
        (WHOLE.replace(b"GGM02C", b"\xe9"), BadFormat),
        (WHOLE.replace(b"GGM02C", b"\0"), BadFormat),
        (WHOLE.decode().encode("utf-16"), BadFormat),
        (WHOLE.replace(b"0.05;371234.5;-90.1", b"0.05").replace(b"0.07;", b""), Truncated),
    ],
)
def test_refused_files(raw, error):
    with pytest.raises(error):
        hydroweb.parse(raw, series())


@pytest.mark.parametrize("cut", range(1, 120, 5))
def test_a_cut_file_is_told_by_its_own_last_date(cut):
    later = [*PASSES, ("2026/08/09 01:00", -28.47, 0.05, FILL, FILL)]
    try:
        found = hydroweb.parse(lake_file(later)[:-cut], series())["value"].values
    except (Truncated, NotData):
        return
    assert set(found[np.isfinite(found)]) <= {-28.41, -28.46, -28.47}
