"""What derived rows rest on, checked when the tables are read: none is listed without its inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from loaders.errors import CatalogueError
from loaders.tables.items import Series
from loaders.tables.schema import Catalogue
from loaders.tables.vocabulary import Grade

DERIVED = "derived"
STRENGTHS = get_args(Grade)


def check(tables: Catalogue) -> None:
    """Inputs exist and do not lead back; a row is of kind derived, and no stronger than its weakest input.

    Its independence group is that of an input: it is no further witness. A cross-check names a series of the
    same indicator and step. Raises CatalogueError.
    """
    for row in tables.series.values():
        if (row.derive is not None) != (row.source == DERIVED):
            raise CatalogueError(f"series {row.id}: derive: only and always with source {DERIVED!r}")
        if row.derive:
            _check_inputs(row, tables)
        if row.crosscheck:
            other = tables.series.get(row.crosscheck.series)
            if not other or (other.indicator, other.cadence) != (row.indicator, row.cadence):
                raise CatalogueError(f"series {row.id}: crosscheck: no such {row.indicator} by {row.cadence}")


def _check_inputs(row: Series, tables: Catalogue) -> None:
    assert row.derive is not None
    for name in row.derive.inputs:
        if name not in tables.series:
            raise CatalogueError(f"series {row.id}: derive.inputs: unknown {name!r}")
    if row.id in behind(row, tables):
        raise CatalogueError(f"series {row.id}: derive.inputs: it rests on itself")
    inputs = [tables.series[name] for name in row.derive.inputs]
    weakest = max((part.provenance_grade for part in inputs), key=STRENGTHS.index)
    for field, given, allowed in (
        ("kind", row.kind, {DERIVED}),
        ("provenance_grade", row.provenance_grade, {weakest}),
        ("independence_group", row.independence_group, {part.independence_group for part in inputs}),
    ):
        if given not in allowed:
            raise CatalogueError(f"series {row.id}: {field}: {' or '.join(sorted(allowed))} by its inputs")


def behind(row: Series, tables: Catalogue) -> set[str]:
    """Every series that ``row`` rests on, over however many steps."""
    found: set[str] = set()
    todo = list(_inputs(row))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _inputs(tables.series[name]) if name in tables.series else ()
    return found


def resting_on(gone: Collection[str], tables: Catalogue) -> set[str]:
    """The derived series that rest on one of the series ``gone``."""
    return {key for key, row in tables.series.items() if behind(row, tables).intersection(gone)}


def partners(row: Series, tables: Catalogue) -> Iterator[tuple[Series, float]]:
    """The series that ``row`` is checked against and the limit, whichever of the two rows names the other."""
    if row.crosscheck:
        yield tables.series[row.crosscheck.series], row.crosscheck.suspect
    for other in tables.series.values():
        if other.crosscheck and other.crosscheck.series == row.id:
            yield other, other.crosscheck.suspect


def _inputs(row: Series) -> tuple[str, ...]:
    return row.derive.inputs if row.derive else ()
