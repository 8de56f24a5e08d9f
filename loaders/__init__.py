"""Two Seas: public water-level and climate series of the Aral and the Caspian as xarray.

    from loaders import catalogue, open_series, refresh, status
    dataset = open_series("caspian-level-dahiti")     # in memory, read-only

Importing this package is cheap: arrays, the network and units load with the first call that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from loaders.pipeline.plan import Selection
    from loaders.pipeline.refresh import Step
    from loaders.pipeline.results import RefreshReport
    from loaders.tables.catalogue import catalogue

__all__ = [
    "Selection", "cache_id", "catalogue", "changes", "fingerprint", "level_consensus", "list_fields",
    "list_series", "open_all", "open_field", "open_fields", "open_series", "open_table", "refresh", "status",
    "table_to_csv", "to_csv", "to_netcdf", "to_zip",
]  # fmt: skip
LAZY = {"Selection": "loaders.pipeline.plan", "catalogue": "loaders.tables.catalogue"}
Origin = Literal["best", "live", "baseline"]


def __getattr__(name: str) -> Any:
    """``catalogue`` and ``Selection``, loaded when they are first asked for."""
    if name not in LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(LAZY[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *LAZY})


def refresh(selection: Selection | None = None, *, on_progress: Step | None = None) -> RefreshReport:
    """Fetch, check and store ``selection``, by default all; what is not believed or not reached changes
    nothing.

    Raises CacheBusy, CacheUnwritable or Asking; what one source did wrong stands in the report.
    """
    from loaders.pipeline import plan
    from loaders.pipeline import refresh as run

    done = run.refresh(selection or plan.Selection(), on_progress)
    return replace(done, cache_id=cache_id())


def open_series(series_id: str, *, origin: Origin = "best") -> xr.Dataset:
    """One series in memory with read-only arrays; the attribute ``origin`` says live or baseline.

    ``best`` is the live series as a whole if it is there and undamaged, else the baseline's; the two are
    never mixed. Raises UnknownSeries with the nearest names, or NoData; never gives an empty dataset.
    """
    from loaders.access import opening

    return opening.open_series(series_id, origin)


def open_all() -> dict[str, xr.Dataset]:
    """Every series that has something stored, in catalogue order."""
    from loaders.access import opening

    return opening.open_all()


def open_field(field_id: str) -> xr.Dataset:
    """What does not change with time, in memory with read-only arrays: a table by level or a map of heights.

    Dims and units stand in ``loaders/dataset/fields.py``. Raises UnknownSeries with the nearest names, or
    NoData.
    """
    from loaders.access import opening

    return opening.open_field(field_id)


def open_fields() -> dict[str, xr.Dataset]:
    """Every field that has something stored; none before the first refresh."""
    from loaders.access import opening

    return opening.open_fields()


def open_table(table_id: str) -> pd.DataFrame:
    """A baseline table that is not a time series. Raises UnknownSeries or NoData."""
    from loaders.baseline import csv_tables

    return csv_tables.read_table(table_id)


def level_consensus(levels: Sequence[xr.Dataset], window: tuple[str, str]) -> xr.Dataset:
    """Median of levels of different height systems, each less its own mean of ``window`` (two months).

    Raises NoData for fewer than two independent sources or too few common steps.
    """
    from loaders.derived import consensus

    return consensus.level_consensus(levels, window)


def list_series(sea: str | None = None, indicator: str | None = None) -> list[dict[str, Any]]:
    """What ``list --json`` prints."""
    from loaders.access import overview

    return overview.series_list(sea, indicator)


def list_fields(sea: str | None = None) -> list[dict[str, Any]]:
    """The rows of ``list --json`` that are no series; they have no indicator, unit or days."""
    from loaders.access import overview

    return overview.field_list(sea)


def status() -> dict[str, Any]:
    """What ``status --json`` prints."""
    from loaders.access import overview

    return overview.status()


def changes() -> list[dict[str, Any]]:
    """What the refreshes did, newest first: ``when, series, added, changed, removed, largest, unit, outcome,
    message``.

    ``outcome`` is ``updated``, ``held`` or ``baseline``; the last is one entry for all that was built in, at
    the day it was built, with no series. ``largest`` is the largest change of a value, in ``unit``, or None.
    """
    from loaders.access import news

    return news.listed()


def cache_id() -> str:
    """12 hex digits that move only when a value moves."""
    from loaders.access import overview

    return overview.cache_id()


def fingerprint() -> str:
    """A cheap text that changes whenever a refresh stored something: the key of what is kept in memory."""
    from loaders.cache import store

    return store.fingerprint()


def to_csv(datasets: Sequence[xr.Dataset], *, raw: bool = False, view: str = "") -> str:
    """Tidy CSV with ``#`` header lines; flags 4 and 9 only with ``raw``."""
    from loaders.access import export

    return export.to_csv(datasets, raw=raw, view=view)


def table_to_csv(table: pd.DataFrame, datasets: Sequence[xr.Dataset], *, view: str = "") -> str:
    """A table made of these series, under the ``#`` header lines of each."""
    from loaders.access import export

    return export.table_to_csv(table, datasets, view=view)


def to_netcdf(dataset: xr.Dataset) -> bytes:
    """NetCDF classic bytes of one series or field."""
    from loaders.access import export

    return export.to_netcdf(dataset)


def to_zip(datasets: Sequence[xr.Dataset], texts: Mapping[str, str], *, view: str = "") -> bytes:
    """The CSV of all, the NetCDF of each and further texts by file name; the same input, the same bytes."""
    from loaders.access import export

    return export.bundle(datasets, texts, view=view)
