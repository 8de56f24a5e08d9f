"""Read, expand, validate and cross-check the tables in ``loaders/tables``.

One file per provider holds its ``[[source]]`` and ``[[series]]`` rows; ``core.toml`` holds what they share.
Two shorthands keep a row to one line: a file's ``[defaults]`` fill its series and field rows, and a row whose
``place`` is a list stands for one series per place, with ``{place}``, ``{PLACE}``, ``{label}`` and
``{code}`` replaced in its texts.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from loaders.errors import CatalogueError, UnknownSeries
from loaders.tables import lineage
from loaders.tables.items import FieldRow, Item, Series, Table
from loaders.tables.schema import Body, Catalogue, Credit, Datum, Indicator, Place, Sea, Source, Threshold
from loaders.tables.vocabulary import Row

TABLES = Path(__file__).parent
SOURCE_FILES = {path.stem for path in (TABLES.parent / "sources").glob("*.py")} - {"__init__"}

AnyItem = TypeVar("AnyItem", bound=Item)
KINDS: dict[str, type[Row]] = {
    "sea": Sea,
    "place": Place,
    "body": Body,
    "indicator": Indicator,
    "datum": Datum,
    "source": Source,
    "credit": Credit,
    "threshold": Threshold,
    "series": Series,
    "field": FieldRow,
    "table": Table,
}


@cache
def catalogue() -> Catalogue:
    """The catalogue shipped with the package. Raises CatalogueError naming file, row and field."""
    return read(TABLES)


def read(folder: Path) -> Catalogue:
    """Read every ``*.toml`` of ``folder``, ``core.toml`` first; a row may name a place of any file."""
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.name != "core.toml", path.name))
    contents = [(path.name, _content(path)) for path in paths]
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        for file, content in contents:
            for raw in _rows(file, content, kind, found):
                row = _validate(file, kind, raw)
                if row.id in found[kind]:  # type: ignore[attr-defined]
                    raise CatalogueError(f"{file}: {kind} {raw['id']}: id: stands twice")
                found[kind][row.id] = row  # type: ignore[attr-defined]
    tables = Catalogue(
        seas=found["sea"],
        places=found["place"],
        bodies=found["body"],
        indicators=found["indicator"],
        datums=found["datum"],
        sources=found["source"],
        credits=found["credit"],
        series=found["series"],
        fields=found["field"],
        thresholds=found["threshold"],
        tables=found["table"],
    )
    _cross_check(tables)
    lineage.check(tables)
    return _without_excluded(tables)


def find_series(series_id: str) -> Series:
    """The row of ``series_id``. Raises UnknownSeries with the nearest names."""
    return _find("series", catalogue().series, series_id)


def find_field(field_id: str) -> FieldRow:
    """The row of ``field_id``. Raises UnknownSeries with the nearest names."""
    return _find("field", catalogue().fields, field_id)


def find_item(item_id: str) -> Item:
    """The row of a series or field. Raises UnknownSeries with the nearest names."""
    return _find("series", catalogue().items, item_id)


def _find(kind: str, rows: Mapping[str, AnyItem], wanted: str) -> AnyItem:
    if wanted in rows:
        return rows[wanted]
    nearest = tuple(difflib.get_close_matches(wanted, rows, n=3, cutoff=0.5))
    hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
    raise UnknownSeries(f"unknown {kind} {wanted!r}{hint}", nearest=nearest)


def _content(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: not TOML: {error}") from None
    unknown = [name for name in content if name not in (*KINDS, "defaults")]
    if unknown:
        raise CatalogueError(f"{path.name}: {unknown[0]}: unknown table")
    return content


def _rows(
    file: str, content: dict[str, Any], kind: str, found: dict[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of one kind of one file; series and fields with the file's defaults, one for each place."""
    for raw in content.get(kind, []):
        if kind not in ("series", "field"):
            yield raw
            continue
        for row in _expand(file, kind, content.get("defaults", {}) | raw, found["place"]):
            yield _fill(row, found)


def _expand(file: str, kind: str, raw: dict[str, Any], places: dict[str, Place]) -> Iterator[dict[str, Any]]:
    if not isinstance(raw.get("place"), list):
        yield raw
        return
    for place in raw["place"]:
        if place not in places:
            raise CatalogueError(f"{file}: {kind} {raw.get('id')}: place: unknown {place!r}")
        words = {"place": place, "PLACE": place.upper(), "label": places[place].label}
        words["code"] = places[place].code or ""
        yield _format(raw | {"place": place}, words)


def _format(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, str):
        for key, word in words.items():
            value = value.replace("{" + key + "}", word)
        return value
    if isinstance(value, dict):
        return {key: _format(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_format(item, words) for item in value]
    return value


def _fill(raw: dict[str, Any], found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Take sea and basin from the place, the unit from the indicator, where the row does not name them."""
    filled = dict(raw)
    place = found["place"].get(raw.get("place", ""))
    indicator = found["indicator"].get(raw.get("indicator", ""))
    if place:
        filled.setdefault("sea", place.sea)
        filled.setdefault("basin", place.id if place.kind == "basin" else place.basin)
    if indicator:
        filled.setdefault("unit", indicator.unit)
    filled.setdefault("independence_group", filled.get("source"))
    return filled


def _validate(file: str, kind: str, raw: dict[str, Any]) -> Row:
    try:
        return KINDS[kind].model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "row"
        raise CatalogueError(f"{file}: {kind} {raw.get('id', '?')}: {where}: {first['msg']}") from None


def _cross_check(tables: Catalogue) -> None:
    """Every id that a row names exists, units agree with the indicator, and each live source has its file."""
    for source in tables.sources.values():
        if source.module and source.module not in SOURCE_FILES:
            raise CatalogueError(f"source {source.id}: module: no file sources/{source.module}.py")
        if source.key_needed and not source.key_in:
            raise CatalogueError(f"source {source.id}: key_in: where does its key go?")
    for body in tables.bodies.values():
        for place in {body.id, body.level_place} - set(tables.places):
            raise CatalogueError(f"body {body.id}: unknown place {place!r}")
    for kind, items in (("series", tables.series), ("field", tables.fields)):
        for item in items.values():
            _require_known(kind, item, tables)
    for twice in tables.series.keys() & tables.fields.keys():
        raise CatalogueError(f"field {twice}: id: stands twice")
    for limits in tables.thresholds.values():
        for basin, other in limits.basins.items():
            if basin not in tables.places or other not in tables.thresholds:
                raise CatalogueError(f"threshold {limits.id}: basins: unknown {basin!r} or {other!r}")
    for row in tables.series.values():
        if row.unit != tables.indicators[row.indicator].unit:
            raise CatalogueError(f"series {row.id}: unit: not the canonical unit of {row.indicator}")
        if row.source == "published" and not row.credit:
            raise CatalogueError(f"series {row.id}: a published series needs a credit")
    for table in tables.tables.values():
        if table.credit not in tables.credits:
            raise CatalogueError(f"table {table.id}: credit: unknown {table.credit!r}")


def _require_known(kind: str, row: Item, tables: Catalogue) -> None:
    """Raise CatalogueError for a name that no table has."""
    known: dict[str, Mapping[str, Row]] = {
        "place": tables.places,
        "indicator": tables.indicators,
        "source": tables.sources,
        "datum": tables.datums,
        "credit": tables.credits,
        "qc": tables.thresholds,
        "basin": tables.places,
    }
    for name, value in row:
        if value is not None and value not in known.get(name, (value,)):
            raise CatalogueError(f"{kind} {row.id}: {name}: unknown {value!r}")


def _without_excluded(tables: Catalogue) -> Catalogue:
    """Leave out the series and tables of every credit group that is switched off."""
    off = {credit.id for credit in tables.credits.values() if not credit.include}
    if not off:
        return tables
    gone = {key for key, row in tables.series.items() if row.credit in off}
    gone |= lineage.resting_on(gone, tables)
    return Catalogue(
        **{
            **tables.__dict__,
            "series": {key: row for key, row in tables.series.items() if key not in gone},
            "tables": {key: row for key, row in tables.tables.items() if row.credit not in off},
        }
    )
