"""Fields in the cache: through a real refresh on loopback, and what is refused, held, listed, exported."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import numpy as np
import pytest
import xarray as xr
from scipy.io import netcdf_file

import loaders
from loaders.access import opening
from loaders.cache import location, store
from loaders.cli import commands
from loaders.dataset import fields
from loaders.errors import Asking, CacheCorrupt, ContractError, NoData, SchemaChanged, UnknownSeries
from loaders.geometry import regions
from loaders.geometry.hypsometry import area_at
from loaders.pipeline import live_check, report
from loaders.pipeline.rebuild import rebuild
from loaders.quality import field_holds
from loaders.tables.catalogue import catalogue

from .loopback import reply, serve
from .payloads.etopo import ground
from .test_refresh import contents, outcomes, result

TABLE, MAP, ARAL = "caspian-hypsometry-etopo", "caspian-ground-etopo", "aral-ground-etopo"
ROW, MAP_ROW, ARAL_ROW = (catalogue().fields[name] for name in (TABLE, MAP, ARAL))
ETOPO = loaders.Selection(sources=("etopo",))
KIND = {"Content_Type": "application/x-netcdf"}
# Of the drawn shores, by Natural Earth.
SEA_KM2 = 379_286


def sea(place: str, deep: float | np.ndarray, land: float, box: tuple[float, float, float, float]) -> bytes:
    """A sea with a flat bottom in flat land, on a tenth of a degree."""
    south, north, west, east = box
    latitudes, longitudes = np.arange(south, north + 0.01, 0.1), np.arange(west, east + 0.01, 0.1)
    inside = regions.contains(regions.outlines()[place], latitudes[:, None], longitudes[None, :])
    heights = np.where(inside, deep, land)
    return ground(heights, latitudes=latitudes, longitudes=longitudes)


CASPIAN_BOX, ARAL_BOX = (36.0, 47.5, 46.0, 55.0), (43.0, 47.5, 57.5, 62.5)
ARAL_SENT = sea("aral", 30.0, 100.0, ARAL_BOX)


@pytest.fixture
def refreshed(monkeypatch):
    """Refresh from a server that sends this Caspian and one Aral."""

    def run(caspian: bytes, **selection) -> loaders.RefreshReport:
        with serve([reply(caspian, **KIND), reply(ARAL_SENT, **KIND)]) as server:
            monkeypatch.setenv("TWO_SEAS_ETOPO_URL", server.url)
            return loaders.refresh(loaders.Selection(sources=("etopo",), **selection))

    return run


def caspian(deep: float = -100.0) -> bytes:
    return sea("caspian", deep, 50.0, CASPIAN_BOX)


def northern_slope(metres_per_degree: float) -> bytes:
    latitudes = np.arange(36.0, 47.51, 0.1)
    return sea("caspian", -60 + metres_per_degree * (latitudes[:, None] - 36), 50.0, CASPIAN_BOX)


# ---- through a refresh -----------------------------------------------------------------------------------


def test_a_download_gives_a_table_and_a_map(refreshed):
    """71.7 m of water on 379,286 km2 are 27,195 km3; a tenth of a degree knows the shore to 2 %."""
    done = refreshed(caspian())
    assert outcomes(done) == {TABLE: "updated", MAP: "updated", ARAL: "updated"}
    table, chart, aral = (loaders.open_field(name) for name in (TABLE, MAP, ARAL))
    assert table.sizes == {"level": 151}
    assert area_at(table, -28.3) == pytest.approx(SEA_KM2, rel=0.02)
    volume = table["volume"].sel(level=-28.3, method="nearest").item()
    assert volume == pytest.approx(71.7 * SEA_KM2 / 1000, rel=0.02)
    assert set(chart.dims) == {"latitude", "longitude"}
    assert np.unique(chart["height"].values[~np.isnan(chart["height"].values)]).tolist() == [-100]
    assert area_at(chart, -28.3) == pytest.approx(SEA_KM2, rel=0.02)
    # The shore of 1960 in the same drawing: 67,618 km2.
    assert area_at(aral, 53.0) == pytest.approx(67_618, rel=0.02)


def test_an_opened_field_says_what_it_is_and_cannot_be_written(refreshed):
    refreshed(caspian())
    found = loaders.open_field(TABLE)
    assert found.attrs["series_id"] == TABLE
    assert (found.attrs["datum"], found.attrs["kind"], found.attrs["sea"]) == (
        "egm2008",
        "derived",
        "caspian",
    )
    assert found.attrs["licence"] == "public domain"
    assert found.attrs["origin"] == "live"
    assert found.attrs["history"].endswith("Z: 151 new, 0 changed")
    assert "Derived, not observed" in found.attrs["caveat"]
    assert (found["area"].attrs["units"], found["volume"].attrs["units"]) == ("km2", "km3")
    with pytest.raises(ValueError, match="read-only"):
        found["area"].values[0] = 1


def test_the_same_ground_again_changes_nothing(monkeypatch):
    with serve([reply(caspian(), **KIND), reply(ARAL_SENT, **KIND)] * 2) as server:
        monkeypatch.setenv("TWO_SEAS_ETOPO_URL", server.url)
        first = loaders.refresh(ETOPO)
        before, mark = contents(), loaders.fingerprint()
        second = loaders.refresh(ETOPO)
    assert set(outcomes(second).values()) == {"unchanged"}
    assert second.cache_id == first.cache_id
    assert contents() == before
    assert loaders.fingerprint() == mark


def test_a_stored_field_moves_cache_id_and_fingerprint(refreshed):
    empty, mark = loaders.cache_id(), loaders.fingerprint()
    refreshed(caspian())
    full = loaders.cache_id()
    assert full != empty
    assert loaders.fingerprint() != mark
    refreshed(caspian(-101.0))
    assert loaders.cache_id() not in (empty, full)


def test_fields_stand_in_a_section_of_their_own(refreshed):
    refreshed(caspian())
    manifest = json.loads((location.folder() / "manifest.json").read_text())
    assert list(manifest["fields"]) == sorted([TABLE, MAP, ARAL])
    assert manifest["series"] == {}
    for known in manifest["fields"].values():
        assert (location.folder() / "series" / f"{known['sha256']}.nc").is_file()


def test_a_cache_without_fields_still_opens(refreshed):
    refreshed(caspian())
    path = location.folder() / "manifest.json"
    older = {key: part for key, part in json.loads(path.read_text()).items() if key != "fields"}
    path.write_text(json.dumps(older))
    with pytest.raises(NoData):
        loaders.open_field(TABLE)
    assert outcomes(refreshed(caspian()))[TABLE] == "updated"
    assert loaders.open_field(TABLE).sizes == {"level": 151}


def test_a_damaged_field_is_told_and_fetched_again(refreshed):
    refreshed(caspian())
    location.folder().joinpath("series", f"{store.entry(MAP)['sha256']}.nc").write_bytes(b"CDF\x02")
    with pytest.raises(CacheCorrupt):
        loaders.open_field(MAP)
    assert outcomes(refreshed(caspian()))[MAP] == "updated"
    assert area_at(loaders.open_field(MAP), -28.3) > 0


def test_kept_answers_are_parsed_again_without_network(refreshed):
    refreshed(caspian())
    done = rebuild(["etopo"])
    assert outcomes(done) == {TABLE: "unchanged", MAP: "unchanged", ARAL: "unchanged"}


def test_another_sea_of_the_selection_leaves_its_fields_alone(refreshed, monkeypatch):
    with serve([reply(ARAL_SENT, **KIND)]) as server:
        monkeypatch.setenv("TWO_SEAS_ETOPO_URL", server.url)
        done = loaders.refresh(loaders.Selection(seas=("aral",), sources=("etopo",)))
        none = loaders.refresh(loaders.Selection(indicators=("area",), sources=("etopo",)))
    assert outcomes(done) == {ARAL: "updated"}
    assert none.sources == ()


# ---- what is refused and what is held ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "error", "words"),
    [
        (ground(-100.0, units="ft"), "SchemaChanged", "in metres"),
        (sea("aral", 30.0, 100.0, ARAL_BOX), "NotData", "heights for 0% of Caspian Sea"),
        (
            ground(10.0),
            "ContractError",
            "at -28.3 m the sea has 300,000 to 430,000 km2; here it would have 0",
        ),
        (caspian()[:-99], "BadFormat", "shorter"),
        (b"<html>", "NotData", ""),
    ],
    ids=["feet", "the other sea", "dry", "cut", "a web page"],
)
def test_what_is_not_this_seas_ground_is_refused_and_the_old_stays(refreshed, sent, error, words):
    refreshed(caspian())
    before = {name: store.entry(name)["sha256"] for name in (TABLE, MAP)}
    stored = contents("series")
    done = refreshed(sent)
    assert outcomes(done) == {TABLE: "failed", MAP: "failed", ARAL: "unchanged"}
    assert done.exit_code == 3
    assert result(done, TABLE).error == error
    assert words in result(done, TABLE).message
    assert contents("series") == stored
    assert {name: store.entry(name)["sha256"] for name in (TABLE, MAP)} == before
    (line,) = filter(None, map(report.error_line, done.sources))
    assert len(line) <= 200
    assert f"kept data of {store.entry(TABLE)['retrieved_at'][:10]}" in line


def test_impossible_depths_are_refused(refreshed):
    """The Caspian is 1,025 m deep."""
    found = refreshed(sea("caspian", -3_300.0, 50.0, CASPIAN_BOX))
    assert outcomes(found)[MAP] == "failed"
    assert "heights lie within -1100 to -20 m" in result(found, MAP).message


def test_another_area_is_held_until_it_is_accepted_by_name(refreshed):
    """A bottom that rises to the north from -60 m at 36 N reaches -28.3 m at 46.6 N, or a degree before."""
    refreshed(northern_slope(3.0))
    before = contents("series")
    held = refreshed(northern_slope(3.3))
    assert outcomes(held) == {TABLE: "held", MAP: "held", ARAL: "unchanged"}
    assert held.exit_code == 3
    assert result(held, TABLE).message.startswith("area at -28.3 m went from 3")
    assert f"accept with --accept {TABLE}" in result(held, TABLE).message
    assert contents("series") == before
    accepted = refreshed(northern_slope(3.3), accept=(TABLE,))
    assert outcomes(accepted) == {TABLE: "updated", MAP: "held", ARAL: "unchanged"}
    assert "accepted: area at" in loaders.open_field(TABLE).attrs["history"]


def test_a_small_correction_is_taken(refreshed):
    refreshed(northern_slope(3.0))
    assert outcomes(refreshed(northern_slope(3.01)))[TABLE] == "updated"


# ---- the rules, pure -------------------------------------------------------------------------------------


def table(area: list[float], volume: list[float], level: list[float] | None = None) -> xr.Dataset:
    levels = level or [-30.0, -28.0]
    return xr.Dataset(
        {
            "area": ("level", area, {"units": "km2"}),
            "volume": ("level", volume, {"units": "km3"}),
            "cells": ("level", np.array([1, 2], dtype="int32")),
            "qc": ("level", np.ones(2, dtype="int8")),
        },
        coords={"level": ("level", levels, {"units": "m"})},
    )


GOOD = ([370_000.0, 380_000.0], [78_000.0, 79_000.0])


def test_a_sound_table_passes():
    assert fields.conform(table(*GOOD), ROW).attrs["reference_level"] == -28.3


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (table([380_000.0, 370_000.0], GOOD[1]), "area never falls"),
        (table(GOOD[0], [79_000.0, 78_000.0]), "volume never falls"),
        (table([np.nan, 380_000.0], GOOD[1]), "area is finite"),
        (table(GOOD[0], [78_000.0, np.inf]), "volume is finite"),
        (table(*GOOD, level=[-28.0, -30.0]), "level is strictly increasing"),
        (table(*GOOD).drop_vars("qc"), "it has area, volume, cells, qc"),
        (table(*GOOD).rename(level="time"), "its dimensions are level"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(broken, rule):
    with pytest.raises(ContractError, match=rule):
        fields.conform(broken, ROW)


@pytest.mark.parametrize(("name", "unit"), [("area", "m2"), ("volume", "m3"), ("level", "ft")])
def test_a_table_in_another_unit_is_refused(name, unit):
    broken = table(*GOOD)
    broken[name].attrs["units"] = unit
    with pytest.raises(SchemaChanged, match=f"{name} in '{unit}'"):
        fields.conform(broken, ROW)


@pytest.mark.parametrize(
    ("factor", "held"), [(1.0, False), (1.019, False), (1.021, True), (0.981, False), (0.979, True)]
)
def test_two_parts_in_a_hundred_of_area_are_the_limit(factor, held):
    old = table(*GOOD).assign_attrs(reference_level=-28.0)
    new = table([area * factor for area in GOOD[0]], GOOD[1]).assign_attrs(reference_level=-28.0)
    assert (field_holds.reason(old, new) is not None) == held
    assert field_holds.reason(None, new) is None


def test_the_area_of_a_map_is_that_of_its_cells():
    """A square degree at the equator is 110.57 by 111.32 km."""
    axis = np.array([-0.5, 0.5])
    heights = xr.DataArray([[-30.0, -20.0], [-30.0, np.nan]], dims=("latitude", "longitude"))
    chart = xr.Dataset({"height": heights}, coords={"latitude": axis, "longitude": axis})
    assert area_at(chart, -28.0) == pytest.approx(2 * 110.57 * 111.32, rel=1e-3)
    assert area_at(chart, -31.0) == 0


# ---- asked, listed, exported -----------------------------------------------------------------------------


def test_an_unknown_field_is_helped_and_an_empty_one_told():
    with pytest.raises(UnknownSeries, match=TABLE):
        loaders.open_field("caspian-hypsometry")
    with pytest.raises(NoData, match=f"{TABLE}: nothing stored; run refresh"):
        loaders.open_field(TABLE)
    with pytest.raises(UnknownSeries):
        loaders.open_series(TABLE)


def test_lists_show_fields_with_their_state(refreshed):
    assert {row["id"]: row["state"] for row in loaders.list_fields()} == dict.fromkeys(
        (TABLE, MAP, ARAL), "empty"
    )
    assert [row["id"] for row in loaders.list_fields("aral")] == [ARAL]
    refreshed(caspian())
    assert {row["state"] for row in loaders.list_fields()} == {"fresh"}
    assert list(loaders.list_fields()[0]) == list(loaders.list_series()[0])
    found = loaders.status()
    assert {row["id"]: row["origin"] for row in found["fields"]} == dict.fromkeys((TABLE, MAP, ARAL), "live")
    assert TABLE not in {row["id"] for row in found["series"]}


def test_netcdf_is_read_by_another_library(refreshed):
    refreshed(caspian())
    with netcdf_file(io.BytesIO(loaders.to_netcdf(loaders.open_field(MAP))), mmap=False) as read:
        assert read.variables["height"].units == b"m"
        assert read.variables["height"].dimensions == ("latitude", "longitude")
        assert read.datum == b"egm2008"


def test_a_table_is_exported_by_level(refreshed):
    refreshed(caspian())
    lines = loaders.to_csv([loaders.open_field(TABLE)]).splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert f"# series: {TABLE}" in head
    assert "# datum: egm2008" in head
    assert "# unit: area km2, volume km3, level m" in head
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert list(rows[0]) == ["level", "area", "volume", "cells", "qc"]
    assert [rows[0]["level"], rows[-1]["level"]] == ["-40.0", "-25.0"]
    assert float(rows[-1]["area"]) == pytest.approx(SEA_KM2, rel=0.02)


def test_levels_with_an_impossible_area_come_only_raw(refreshed):
    """On ground of -60 m and up the sea is smaller than ever known on many levels."""
    refreshed(northern_slope(3.0))
    found = loaders.open_field(TABLE)
    failed = int((found["qc"].values == 4).sum())
    assert 0 < failed < 151
    counts = [len(loaders.to_csv([found], raw=raw).splitlines()) for raw in (True, False)]
    assert counts[0] - counts[1] == failed


@pytest.mark.parametrize(
    ("ids", "words"),
    [((MAP,), "is a map, .*--format netcdf"), ((TABLE, "kaz-co2-owid"), "export each by itself")],
)
def test_what_is_no_table_of_rows_is_no_csv(refreshed, ids, words):
    refreshed(caspian())
    with pytest.raises(Asking, match=words) as caught:
        loaders.to_csv([opening.open_item(name) for name in ids])
    assert len(str(caught.value)) <= 200


def test_the_command_exports_fields_too(refreshed, tmp_path, capsysbinary):
    refreshed(caspian())
    for format, start in (("csv", b"# series: "), ("netcdf", b"CDF\x02")):
        commands.export([TABLE], format=format, out="-")
        assert capsysbinary.readouterr().out.startswith(start)
    commands.export([TABLE, MAP], format="netcdf", out=str(tmp_path / "both.zip"))
    with zipfile.ZipFile(tmp_path / "both.zip") as archive:
        assert archive.namelist() == [f"{TABLE}.nc", f"{MAP}.nc"]


def test_a_live_check_counts_fields(monkeypatch):
    with serve([reply(caspian(), **KIND)]) as server:
        monkeypatch.setenv("TWO_SEAS_ETOPO_URL", server.url)
        (found,) = live_check.check(["etopo"])
    assert (found.outcome, found.text.split(",")[0]) == ("ok", "as expected (2 fields")


def test_the_news_tell_of_fields_too(refreshed):
    refreshed(northern_slope(3.0))
    refreshed(northern_slope(3.3))
    told = [(row["series"], row["outcome"]) for row in loaders.changes()]
    assert (TABLE, "held") in told
    assert {(name, "updated") for name in (TABLE, MAP, ARAL)} <= set(told)
