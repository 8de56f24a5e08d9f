"""Sealing the embedded tables: what differs is shown; what is doubtful is refused, and nothing is written."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from loaders.baseline import csv_tables
from loaders.baseline.seal import control, of_last_commit, seal
from loaders.environment import clock
from loaders.errors import Asking
from tests.conftest import ROOT

COMMITTED = ROOT / "data_cache" / "baseline"
GAUGES = "caspian-level-gauges"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(COMMITTED, tmp_path / "baseline"))


def old(file: str) -> str | None:
    path = COMMITTED / file
    return path.read_text("utf-8") if path.is_file() else None


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), "utf-8")


def by_hand(folder: Path, name: str) -> None:
    """What a maintainer does in the second file: count and sum the table again."""
    lines = [
        line for line in (folder / f"series/{name}.csv").read_text("utf-8").splitlines() if line[0] != "#"
    ]
    names, *body = csv.reader(lines)
    rows = list(csv.reader((folder / "control.csv").open(encoding="utf-8")))
    kept = [row for row in rows if row[0] != name]
    with (folder / "control.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*kept, control(name, list(map(tuple, body)))])


def test_what_is_committed_is_sealed(folder):
    assert seal(folder, old) == []
    assert held(folder) == held(COMMITTED)


def test_a_changed_row_is_shown_and_needs_a_reason(folder, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 4, tzinfo=UTC))
    edit(folder, f"series/{GAUGES}.csv", "1977-01-01,-29.01", "1977-01-01,-29.02")
    by_hand(folder, GAUGES)
    before = held(folder)
    with pytest.raises(Asking, match=r"1 rows changed or removed.*-29\.01.*-> .*-29\.02"):
        seal(folder, old)
    assert held(folder) == before
    (change,) = seal(folder, old, "the list was read again")
    assert str(change).startswith(f"{GAUGES}: 1977-01-01 changed: value -29.01")
    entry = json.loads((folder / "manifest.json").read_text("utf-8"))["series"][GAUGES]
    assert entry["because"] == [{"on": "2027-03-04", "why": "the list was read again"}]
    assert entry["inputs"] == json.loads(old("manifest.json"))["series"][GAUGES]["inputs"]


def test_a_slip_cannot_seal_itself(folder):
    """The sum in the second file is written by hand: a number that slipped does not agree with it."""
    edit(folder, f"series/{GAUGES}.csv", "1977-01-01,-29.01", "1977-01-01,-29.10")
    before = held(folder)
    with pytest.raises(Asking, match=f"control.csv says {GAUGES},4,.*; if it is right, write {GAUGES},4,"):
        seal(folder, old, "a better number")
    assert held(folder) == before


def test_an_added_row_needs_a_source_of_its_own(folder):
    file = "series/caspian-level-kazhydromet-annual.csv"
    lines = (folder / file).read_text("utf-8").splitlines()
    names = next(line for line in lines if line.startswith("time,")).split(",")
    row = dict.fromkeys(names, "") | {"time": "2024-01-01", "value": "-29.05", "uncertainty": "0.03"}
    row |= {"qc": "1", "provisional": "0"}
    (folder / file).write_text("\n".join([*lines, ",".join(row[name] for name in names)]) + "\n", "utf-8")
    by_hand(folder, "caspian-level-kazhydromet-annual")
    with pytest.raises(Asking, match="2024-01-01 needs a source of its own"):
        seal(folder, old)


def test_an_added_row_with_its_source_is_shown_and_sealed(folder):
    file = f"series/{GAUGES}.csv"
    lines = (folder / file).read_text("utf-8").splitlines()
    names = next(line for line in lines if line.startswith("time,")).split(",")
    row = dict.fromkeys(names, "") | {"time": "2021-01-01", "value": "-28.45", "qc": "1", "provisional": "0"}
    row |= {"source_url": "https://example.org/level"}
    (folder / file).write_text("\n".join([*lines, ",".join(row[name] for name in names)]) + "\n", "utf-8")
    by_hand(folder, GAUGES)
    (change,) = seal(folder, old)
    assert change.added
    assert (change.table, change.key) == (GAUGES, "2021-01-01")
    entry = json.loads((folder / "manifest.json").read_text("utf-8"))["series"][GAUGES]
    assert (entry["newest"], entry["points"]) == ("2021-01-01", 5)


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (f"series/{GAUGES}.csv", "1995-01-01,", "1977-01-01,", "time"),  # twice the same year
        (f"series/{GAUGES}.csv", "1977-01-01,-29.01", "1977-01-01,-39.01", "the rules say 4"),
        (f"series/{GAUGES}.csv", "1977-01-01,-29.01", "1977-01-01", "cells"),
    ],
)
def test_what_breaks_the_contract_is_refused(folder, file, before, after, said):
    edit(folder, file, before, after)
    held_before = held(folder)
    with pytest.raises(Asking, match=said):
        seal(folder, old, "because")
    assert held(folder) == held_before


def test_a_table_that_went_needs_a_reason(folder, monkeypatch):
    with pytest.raises(Asking, match="is not the one that was sealed; restore it first"):
        seal(folder, lambda file: "something else")
    (folder / f"series/{GAUGES}.csv").unlink()
    with pytest.raises(Asking, match=f"{GAUGES}.csv: No such file"):
        seal(folder, old)


def test_the_old_rows_are_those_of_the_last_commit(tmp_path):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    (tmp_path / "a.csv").write_text("time,value\n", "utf-8")
    subprocess.run([*git[:3], "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "a"], check=True)
    (tmp_path / "a.csv").write_text("changed\n", "utf-8")
    read = of_last_commit(tmp_path)
    assert (read("a.csv"), read("b.csv")) == ("time,value\n", None)


@pytest.mark.parametrize("step", ["month", "year"])
def test_means_are_those_of_the_heights_they_were_made_of(step):
    """By pandas: values flagged 1 to 3, plain means to the millimetre; one value a month is not enough."""
    heights = csv_tables.read("caspian-level-dahiti").to_dataframe()
    kept = heights[heights["qc"] < 4]["value"]
    wanted = kept.groupby(kept.index.to_period("M" if step == "month" else "Y")).mean()
    made = csv_tables.read(f"caspian-level-dahiti-{'monthly' if step == 'month' else 'annual'}")
    found = pd.Series(made["value"].values, made["time"].to_index().to_period(wanted.index.freq))
    assert found.index.equals(wanted.index)
    assert (found - wanted).abs().max() <= 0.0005 + 1e-9
