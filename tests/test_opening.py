"""Which copy of a series is opened: the live one as a whole if it is sound, else the embedded one."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import loaders
from loaders.cache import location, store
from loaders.dataset.contract import conform
from loaders.dataset.netcdf import encode
from loaders.errors import Asking, CacheCorrupt, ContractError, NoData, UnknownSeries
from loaders.tables.catalogue import catalogue

DAHITI, CASPIAN = "caspian-level-dahiti", "caspian-level-gwm"


def put(series_id: str, **attrs) -> str:
    """A live copy of two points."""
    parsed = xr.Dataset(
        {"value": ("time", [-28.5, -28.6], {"units": "m"})},
        coords={"time": np.array(["2026-01-01", "2026-01-11"], dtype="datetime64[ns]")},
    )
    made = conform(parsed, catalogue().series[series_id]).assign_attrs(attrs)
    with store.locked():
        sha256 = store.put_series(encode(made))
        entry = {
            "sha256": sha256,
            "retrieved_at": "2026-01-15T00:00:00Z",
            "payload_sha256": "p",
            "first": "2026-01-01",
            "newest": "2026-01-11",
            "points": 2,
            "history": ["2026-01-15T00:00:00Z: 2 new, 0 changed"],
        }
        store.commit({series_id: entry}, {})
    return sha256


@pytest.mark.fault("U05")
def test_the_embedded_series_opens_without_any_cache():
    opened = loaders.open_series(DAHITI)
    assert opened.sizes["time"] == 1112
    assert opened["value"].sel(time="1992-09-28").item() == -26.401
    assert opened.attrs["origin"] == "baseline"
    assert "retrieved_at" not in opened.attrs


def test_a_live_copy_replaces_the_embedded_one_as_a_whole():
    put(DAHITI)
    assert loaders.open_series(DAHITI)["value"].values.tolist() == [-28.5, -28.6]
    assert loaders.open_series(DAHITI).attrs["origin"] == "live"
    assert loaders.open_series(DAHITI, origin="baseline").sizes["time"] == 1112
    listed = {row["id"]: row for row in loaders.list_series()}[DAHITI]
    assert (listed["first"], listed["newest"], listed["points"]) == ("2026-01-01", "2026-01-11", 2)


@pytest.mark.fault("D05")
def test_a_damaged_live_copy_gives_way_to_the_embedded_one():
    sha256 = put(DAHITI)
    before = loaders.cache_id()
    (location.folder() / "series" / f"{sha256}.nc").write_bytes(b"")
    with pytest.raises(CacheCorrupt):
        loaders.open_series(DAHITI, origin="live")
    assert loaders.open_series(DAHITI).attrs["origin"] == "baseline"
    assert loaders.cache_id() != before


@pytest.mark.parametrize("attrs", [{"units": "cm"}, {"datum": "baltic-kz"}, {"licence": ""}])
def test_what_another_release_stored_with_another_unit_or_zero_is_not_opened(attrs):
    put(DAHITI, **attrs)
    assert loaders.open_series(DAHITI).attrs["origin"] == "baseline"
    with pytest.raises(ContractError):
        loaders.open_series(DAHITI, origin="live")
    put(CASPIAN, **attrs)
    with pytest.raises(ContractError):
        loaders.open_series(CASPIAN)
    assert CASPIAN not in loaders.open_all()


def test_nothing_stored_is_an_error_and_never_an_empty_dataset():
    with pytest.raises(NoData, match="run refresh"):
        loaders.open_series(CASPIAN)
    with pytest.raises(NoData):
        loaders.open_series(DAHITI, origin="live")
    with pytest.raises(UnknownSeries, match="nearest: caspian-level-dahiti"):
        loaders.open_series("caspian-level-dahity")
    with pytest.raises(Asking, match="best, live, baseline"):
        loaders.open_series(DAHITI, origin="newest")


def test_all_that_is_stored_opens_in_catalogue_order_and_refuses_to_be_changed():
    put(CASPIAN)
    everything = loaders.open_all()
    assert list(everything) == [row["id"] for row in loaders.list_series() if row["points"]]
    for dataset in everything.values():
        for name in dataset.variables:
            assert not dataset[name].values.flags.writeable


def test_tables_open_by_name():
    assert loaders.open_table(next(iter(catalogue().tables))).attrs["licence"]
    with pytest.raises(UnknownSeries):
        loaders.open_table("no-such-table")
