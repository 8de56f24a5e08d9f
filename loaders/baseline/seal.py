"""Seal the embedded baseline: its tables are the source, checked here and listed with their checksums.

A row that was added is shown and needs a source of its own; one that was changed or removed is shown, old
and new, and refused without a reason, which the manifest keeps. ``control.csv`` beside the manifest counts
and sums every table and is written by hand alone, so that a slip cannot seal itself. The old rows are those
of the last commit, whose bytes the manifest knows.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loaders.baseline import csv_tables
from loaders.dataset.contract import check, conform
from loaders.environment import clock
from loaders.errors import Asking, LoadError
from loaders.quality import qc
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series, Table
from loaders.tables.schema import Catalogue, Credit

SCHEMA = 1
CONTROL, MANIFEST = "control.csv", "manifest.json"
# What a hand said of a file when it was made, and stays true of it.
KEPT = ("inputs", "dropped", "rows_read", "because")
Rows = dict[str, tuple[str, ...]]
Old = Callable[[str], str | None]


@dataclass(frozen=True)
class Change:
    """One row of one table that differs from what was sealed; ``old`` or ``new`` is empty where absent."""

    table: str
    key: str
    old: str
    new: str

    @property
    def added(self) -> bool:
        return not self.old

    def __str__(self) -> str:
        what = "added" if self.added else "changed" if self.new else "removed"
        return f"{self.table}: {self.key} {what}: {self.old or '-'} -> {self.new or '-'}"


def seal(folder: Path, old: Old, because: str = "") -> list[Change]:
    """Check every table below ``folder``, rewrite its head lines and the manifest; return what changed.

    ``old`` gives the sealed text of a file, None where it was in none. Raises Asking for a row that breaks
    the contract, for a sum that ``control.csv`` does not have, and for changed or removed rows without a
    reason; nothing is written then.
    """
    known = catalogue()
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    found: list[Change] = []
    texts: dict[str, str] = {}
    entries: dict[str, dict[str, Any]] = {"series": {}, "tables": {}}
    for kind, rows in (("series", _published(known)), ("tables", known.tables)):
        for name, row in rows.items():
            file = f"{kind}/{name}.csv"
            names, body = _table(folder / file)
            credit = known.credits[str(row.credit)]
            before = manifest[kind].get(name)
            sealed = _sealed(file, before, old)
            changes = _changes(name, names, body, sealed)
            if before is not None:
                _sourced(name, names, body, changes)
            texts[file] = text(names, body, _head(row, credit))
            entry = _entry(row, credit, names, body, before or {}, bool(changes), because)
            entries[kind][name] = {"file": file, "sha256": _sha(texts[file])} | entry
            found += changes
    _controlled(folder, entries, texts)
    lost = [change for change in found if not change.added]
    gone = [name for kind in entries for name in manifest[kind] if name not in entries[kind]]
    if (lost or gone) and not because:
        shown = "; ".join([*map(str, lost[:3]), *(f"{name} removed" for name in gone)])
        raise Asking(f"seal: {len(lost)} rows changed or removed; say --because TEXT ({shown})")
    _write(folder, manifest, entries, texts)
    return found


def of_last_commit(folder: Path) -> Old:
    """The files of the baseline as the last commit has them; None for one that it has not."""

    def read(file: str) -> str | None:
        command = ["git", "-C", str(folder), "show", f"HEAD:./{file}"]
        done = subprocess.run(command, capture_output=True, check=False)
        return done.stdout.decode("utf-8") if done.returncode == 0 else None

    return read


def text(names: list[str], body: list[tuple[str, ...]], head: Mapping[str, str | None]) -> str:
    """One table as it is stored: head lines, column names, rows."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([names, *body])
    lines = (f"# {key}: {' '.join(value.split())}\n" for key, value in head.items() if value)
    return "".join(lines) + buffer.getvalue()


def control(name: str, body: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The line of a table in the file written by hand: id, rows, first and last key, sum of all numbers."""
    numbers = [_number(cell) for row in body for cell in row[1:]]
    total = sum(number for number in numbers if number is not None)
    return name, str(len(body)), body[0][0], body[-1][0], f"{total:.6f}"


def _published(known: Catalogue) -> dict[str, Series]:
    return {name: row for name, row in known.series.items() if row.source == "published"}


def _table(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    try:
        names, body = csv_tables.rows_of(path.read_text("utf-8"))
    except OSError as error:
        raise Asking(f"seal: {path.name}: {error.strerror}") from None
    for at, row in enumerate(body, 1):
        if len(row) != len(names):
            raise Asking(f"seal: {path.name}: row {at} has {len(row)} cells, not {len(names)}")
    if not body:
        raise Asking(f"seal: {path.name} has no row")
    return names, body


def _sealed(file: str, entry: Mapping[str, Any] | None, old: Old) -> str | None:
    """The text whose sum the manifest has. Raises Asking where the last commit holds another one."""
    if entry is None:
        return None
    known = old(file)
    if known is None or _sha(known) != entry["sha256"]:
        raise Asking(f"seal: {file} of the last commit is not the one that was sealed; restore it first")
    return known


def _changes(name: str, names: list[str], body: list[tuple[str, ...]], sealed: str | None) -> list[Change]:
    """Rows by their first cell; where it repeats, as in lists of facts, by their place among its repeats."""
    now = _keyed(names, body)
    before: Rows = {}
    if sealed is not None:
        before = _keyed(*csv_tables.rows_of(sealed))
    found = []
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key, ()), now.get(key, ())
        if old != new:  # of a changed row only the cells that differ
            left = [cell for cell in old if cell not in new or not new]
            right = [cell for cell in new if cell not in old or not old]
            found.append(Change(name, key, _said(left, old), _said(right, new)))
    return found


def _said(cells: list[str], row: tuple[str, ...]) -> str:
    """The cells in words; a row that is there is never said to be absent."""
    return ", ".join(cells) or ("empty" if row else "")


def _keyed(names: list[str], body: list[tuple[str, ...]]) -> Rows:
    found: Rows = {}
    for row in body:
        key, at = row[0], 2
        while key in found:
            key, at = f"{row[0]} ({at})", at + 1
        found[key] = tuple(f"{name} {cell}" for name, cell in zip(names[1:], row[1:], strict=False) if cell)
    return found


def _sourced(name: str, names: list[str], body: list[tuple[str, ...]], changes: list[Change]) -> None:
    """Raises Asking for an added row of a known table without an address or a note that says whence it is."""
    columns = [at for at, column in enumerate(names) if column in ("source_url", "note", "source")]
    added = {change.key.split(" (")[0] for change in changes if change.added}
    for row in body:
        if row[0] in added and not any(row[at] for at in columns):
            raise Asking(f"seal: {name}: {row[0]} needs a source of its own (column source_url or note)")


def _head(row: Series | Table, credit: Credit) -> dict[str, str | None]:
    head = {
        "title": row.title,
        "datum": row.datum,
        "unit": row.unit,
        "source": credit.source,
        "licence": credit.licence,
        "citation": credit.citation,
        "how": credit.how,
    }
    last = ("grade", row.provenance_grade) if isinstance(row, Series) else ("caveat", row.caveat)
    return head | dict([last])


def _entry(
    row: Series | Table, credit: Credit, names: list[str], body: list[tuple[str, ...]],
    before: Mapping[str, Any], moved: bool, because: str,
) -> dict[str, Any]:  # fmt: skip
    """Where the numbers come from, under which terms; what the file was made of stays as it was said."""
    entry: dict[str, Any] = {
        "credit": credit.id,
        "source": credit.source,
        "source_url": credit.source_url,
        "licence": credit.licence,
        "citation": credit.citation,
        "how": credit.how,
        "rows_built": len(body),
    }
    entry |= {name: before[name] for name in KEPT if name in before}
    if moved and before and because:
        said = {"on": f"{clock.now():%Y-%m-%d}", "why": because}
        entry["because"] = [*before.get("because", []), said]
    if isinstance(row, Series):
        _believed(row, names, body)
        entry |= {"first": body[0][0], "newest": body[-1][0], "points": len(body)}
        entry["grade"] = row.provenance_grade
    return entry


def _believed(row: Series, names: list[str], body: list[tuple[str, ...]]) -> None:
    """Raises Asking where a series breaks the contract, or a rule thinks worse of a value than its flag."""
    times = [line[0] for line in body]
    if times != sorted(set(times)):
        raise Asking(f"seal: {row.id}: time does not rise from row to row")
    try:
        dataset = check(conform(csv_tables.parse(text(names, body, {}), row), row))
        judged = qc.flag(dataset, row)
    except (LoadError, ValueError) as error:
        raise Asking(f"seal: {row.id}: {error}") from None
    worse = judged["qc"].values > dataset["qc"].values
    if worse.any():
        at = int(np.flatnonzero(worse)[0])
        was, rule = (int(one["qc"].values[at]) for one in (dataset, judged))
        raise Asking(f"seal: {row.id}: {body[at][0]} has flag {was}; the rules say {rule}")


def _controlled(folder: Path, entries: Mapping[str, Mapping], texts: Mapping[str, str]) -> None:
    """Raises Asking with the line that is missing or wrong in the file written by hand."""
    with (folder / CONTROL).open(encoding="utf-8", newline="") as file:
        known = {row[0]: tuple(row) for row in csv.reader(file)}
    for kind in entries.values():
        for name, entry in kind.items():
            wanted = control(name, csv_tables.rows_of(texts[entry["file"]])[1])
            if known.get(name) != wanted:
                raise Asking(f"seal: {CONTROL} says {','.join(known.get(name, ('nothing',)))}; "
                             f"if it is right, write {','.join(wanted)}")  # fmt: skip


def _write(folder: Path, manifest: dict[str, Any], entries: dict, texts: Mapping[str, str]) -> None:
    made = {"schema": SCHEMA, **entries}
    same = all(manifest.get(key) == part for key, part in made.items())
    made["built"] = manifest["built"] if same else f"{clock.now():%Y-%m-%d}"
    for file, content in texts.items():
        (folder / file).write_bytes(content.encode("utf-8"))
    for path in [*folder.glob("series/*.csv"), *folder.glob("tables/*.csv")]:
        if f"{path.parent.name}/{path.name}" not in texts:
            path.unlink()
    lines = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_bytes(lines.encode("utf-8"))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _sha(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8")).hexdigest()
