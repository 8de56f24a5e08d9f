"""A catalogue with as many made-up sources as are wanted, each one lake of the Global Water Monitor."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from tests.payloads.gwm import Row, lake_file

# The package's own attribute of this name is the function.
catalogue = importlib.import_module("loaders.tables.catalogue")
SOURCE = """
[[source]]
id = "made-{number}"
label = "Made up {number}"
module = "gwm"
url = "https://made-{number}.example.org/"
licence = "none"
citation = "none"

[[series]]
id = "caspian-level-made-{number}"
title = "Made up {number}"
place = "caspian"
indicator = "level"
source = "made-{number}"
datum = "egm2008-gwm"
kind = "observed"
provenance_grade = "primary"
cadence = "10-day"
cell_methods = "time: point"
qc = "caspian-altimetry"
provider = {{ lake_id = {lake}, south = 36.0, north = 48.0, west = 46.0, east = 56.0 }}
"""


def name(number: int) -> str:
    return f"made-{number}"


def lake(number: int) -> int:
    """The number of a source's lake, which its file must state."""
    return 100_000 + number


def variable(number: int) -> str:
    """The setting that says where a source is asked."""
    return f"TWO_SEAS_MADE_{number}_URL"


def body(number: int, rows: int = 40) -> bytes:
    """A whole file to July 2026: heights of -28.28 to -28.37 m every ten days, or five in a long file."""
    step = timedelta(days=10 if rows < 1200 else 5)
    first = date(2026, 7, 1) - step * rows
    return lake_file(
        [Row(first + step * at, -1.7 - at % 10 / 100) for at in range(rows)], lake_id=lake(number)
    )


@contextmanager
def sources(folder: Path, count: int) -> Iterator[None]:
    """Inside, the catalogue holds what all share and these sources alone."""
    shutil.copy(catalogue.TABLES / "core.toml", folder)
    texts = [SOURCE.format(number=number, lake=lake(number)) for number in range(count)]
    (folder / "made_up.toml").write_text("".join(texts), "utf-8")
    true = catalogue.TABLES
    catalogue.TABLES = folder
    catalogue.catalogue.cache_clear()
    try:
        yield
    finally:
        catalogue.TABLES = true
        catalogue.catalogue.cache_clear()
