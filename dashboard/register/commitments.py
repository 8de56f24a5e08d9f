"""The register of commitments, the later official targets and the dated events, read from two TOML tables.

``commitments.toml`` holds ``[[commitment]]`` and ``[[target]]`` rows, ``milestones.toml`` ``[[milestone]]``
rows. Every row is validated when it is read, and every id that it names must exist.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dashboard.register.rows import Commitment, Milestone, Target
from dashboard.words import translated
from dashboard.words.text import DEFAULT, spoken
from loaders.errors import CatalogueError
from loaders.tables.schema import Catalogue
from loaders.tables.vocabulary import Row

FOLDER = Path(__file__).parent
MODELS: dict[str, type[Row]] = {"commitment": Commitment, "target": Target, "milestone": Milestone}
# Some reports give a height "in the Baltic system" without saying whose realisation of it.
DATUM_NOT_PLACED = "baltic-not-placed"


@dataclass(frozen=True)
class Register:
    """All rows by id: commitments and targets in the order of the file, milestones by date."""

    commitments: dict[str, Commitment]
    targets: dict[str, Target]
    milestones: dict[str, Milestone]


def register() -> Register:
    """The register shipped with the package, in the language spoken. Raises CatalogueError naming the row."""
    return _register(spoken())


@cache
def _register(lang: str) -> Register:
    return read(FOLDER) if lang == DEFAULT else translated.rows(_register(DEFAULT), lang)


def read(folder: Path) -> Register:
    """The rows of ``commitments.toml`` and ``milestones.toml`` in ``folder``, validated and cross-checked."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in MODELS}
    for name in ("commitments.toml", "milestones.toml"):
        for kind, row in _rows(folder / name):
            if row.id in found[kind]:
                raise CatalogueError(f"{name}: {kind} {row.id}: id: stands twice")
            found[kind][row.id] = row
    by_date = sorted(found["milestone"].values(), key=lambda row: (row.date, row.id))
    rows = Register(found["commitment"], found["target"], {row.id: row for row in by_date})
    _check_ids(rows)
    return rows


def cross_check(rows: Register, catalogue: Catalogue) -> None:
    """Every indicator, series and datum that a row names is in the catalogue, else CatalogueError.

    No reading rests on an experimental or a derived series.
    """
    datums = {*catalogue.datums, DATUM_NOT_PLACED}
    for row in rows.commitments.values():
        _known("commitments.toml: commitment", row.id, "indicators", row.indicators, catalogue.indicators)
        _known("commitments.toml: commitment", row.id, "series", row.series, catalogue.series)
        _leading("commitments.toml: commitment", row.id, row.series, catalogue)
        if row.pace:
            named = (row.pace.series, *row.pace.sources, *row.pace.beside)
            _known("commitments.toml: commitment", row.id, "pace.series", named, row.series)
    for target in rows.targets.values():
        where = "commitments.toml: target"
        _known(where, target.id, "indicator", (target.indicator,), catalogue.indicators)
        _known(where, target.id, "series", target.series, catalogue.series)
        _leading(where, target.id, target.series, catalogue)
        _known(where, target.id, "datum", (target.datum,), datums)
    for event in rows.milestones.values():
        _known("milestones.toml: milestone", event.id, "datum", (event.datum,), datums)


def milestones_of(commitment_id: str) -> tuple[Milestone, ...]:
    """The dated events of one commitment, oldest first; the speech itself is among them."""
    return tuple(row for row in register().milestones.values() if commitment_id in row.commitments)


def targets_of(commitment_id: str) -> tuple[Target, ...]:
    """The later official targets that belong to one commitment."""
    return tuple(row for row in register().targets.values() if row.commitment == commitment_id)


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: not TOML: {error}") from None
    for kind, raw_rows in content.items():
        if kind not in MODELS:
            raise CatalogueError(f"{path.name}: {kind}: unknown table")
        for raw in raw_rows:
            try:
                yield kind, MODELS[kind].model_validate(raw)
            except ValidationError as error:
                first = error.errors()[0]
                message = re.sub(r"^Value error, ", "", first["msg"])
                place = ".".join(str(part) for part in first["loc"])
                field = f"{place}: {message}" if place else message
                name = raw.get("id", "?") if isinstance(raw, dict) else "?"
                raise CatalogueError(f"{path.name}: {kind} {name}: {field}") from None


def _check_ids(rows: Register) -> None:
    for row in rows.commitments.values():
        _known("commitments.toml: commitment", row.id, "related", row.related, rows.commitments)
    for target in rows.targets.values():
        _known("commitments.toml: target", target.id, "commitment", (target.commitment,), rows.commitments)
    for event in rows.milestones.values():
        _known("milestones.toml: milestone", event.id, "commitments", event.commitments, rows.commitments)
        _known("milestones.toml: milestone", event.id, "contests", (event.contests,), rows.milestones)


def _known(where: str, row_id: str, field: str, named: Any, known: Any) -> None:
    for name in named:
        if name is not None and name not in known:
            raise CatalogueError(f"{where} {row_id}: {field}: unknown {name!r}")


def _leading(where: str, row_id: str, series: Iterable[str], catalogue: Catalogue) -> None:
    for name in series:
        if not catalogue.series[name].may_lead:
            raise CatalogueError(f"{where} {row_id}: series: {name!r} is experimental or derived")
