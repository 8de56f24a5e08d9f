"""What the cache holds of the rows that a refresh asks for: the manifest's words at once, data when needed.

Most answers are "unchanged", and decoding a file that nobody looks at would cost more than asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import xarray as xr

from loaders.cache import manifest, store
from loaders.dataset.fitting import fitting
from loaders.errors import LoadError
from loaders.tables.items import Item
from loaders.transport.question import Held


@dataclass(frozen=True)
class Stored:
    """A series or field whose file is whole."""

    row: Item
    entry: dict[str, Any]

    @property
    def newest(self) -> str:
        return manifest.newest(self.entry)

    @property
    def held(self) -> Held:
        return Held(self.entry.get("first", self.newest), self.newest)

    def dataset(self) -> xr.Dataset | None:
        """The data themselves; None where they no longer keep the contract."""
        with suppress(LoadError):
            return fitting(store.read(self.row.id), self.row)
        return None

    def fits(self) -> bool:
        """Whether unit and zero are still the row's; caches of older releases say it in the file alone."""
        if "units" not in self.entry:
            return self.dataset() is not None
        return (self.entry["units"], self.entry["datum"]) == (dict(self.row).get("unit"), self.row.datum)


def stored(rows: Mapping[str, Item]) -> dict[str, Stored]:
    """The rows of which something usable is stored."""
    found = {}
    for name, row in rows.items():
        with suppress(LoadError):
            item = Stored(row, store.entry(name))
            if item.fits():
                found[name] = item
    return found
