"""The catalogue of faults, the tests that carry its ids, and the table of docs/faults.md made from both."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HEAD = """# Faults

What can go wrong, what happens instead, and the tests that show it. In every case the stored data stay as
they were, byte by byte; the page still opens and says how old they are; the other sources go on; and one line
says what happened, of when the kept data are and what to do. Catalogue: `tests/faults.toml`. Made by

    python -m pytest -m fault --faults=docs/faults.md
"""
COLUMNS = ("id", "fault", "what happens instead", "tests", "last run")
Covering = Mapping[str, list[str]]


def catalogue() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The groups by letter, and the faults by id."""
    content = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))
    return content["groups"], content["fault"]


def covering() -> dict[str, list[str]]:
    """The tests of each fault, as ``test_store.py::test_name``; found by their marks, without a run."""
    found: dict[str, set[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        try:
            module = importlib.import_module(f"tests.{path.stem}")
        except pytest.skip.Exception:  # a module whose tool is not installed carries no marks
            continue
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and function.__module__ == module.__name__:
                for mark in _marks(function):
                    for fault in mark.args if mark.name == "fault" else ():
                        found.setdefault(fault, set()).add(f"{path.name}::{name}")
    return {fault: sorted(names) for fault, names in sorted(found.items())}


def _marks(function: object) -> Iterator[pytest.Mark]:
    """The marks of a test and of its parameter sets."""
    for mark in getattr(function, "pytestmark", ()):
        yield mark
        for values in mark.args[1] if mark.name == "parametrize" else ():
            yield from getattr(values, "marks", ())


def rows(tests: Covering, results: Mapping[str, str]) -> list[tuple[str, ...]]:
    """One row of the table per fault: id, name, what happens instead, tests, result of the last run."""
    made = []
    for fault, words in catalogue()[1].items():
        names = "<br>".join(f"`{name}`" for name in tests.get(fault, ())) or "none"
        made.append((fault, words["name"], words["instead"], names, results.get(fault, "not run")))
    return made


def page(tests: Covering, results: Mapping[str, str]) -> str:
    """The whole of docs/faults.md."""
    groups, _ = catalogue()
    found = rows(tests, results)
    lines = [HEAD]
    for letter, title in groups.items():
        lines += [f"## {title}", "", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines += [*(_line(row) for row in found if row[0][0] == letter), ""]
    return "\n".join(lines).rstrip() + "\n"


def listed(text: str) -> list[tuple[str, ...]]:
    """The rows that a page holds."""
    ids = tuple(f"| {fault} |" for fault in catalogue()[1])
    return [tuple(line[2:-2].split(" | ")) for line in text.splitlines() if line.startswith(ids)]


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


class Recorder:
    """Writes the page when a run with ``--faults`` ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            for name, fault in report.user_properties:
                if name == "fault":
                    self.outcomes.setdefault(str(fault), set()).add(report.outcome)

    def pytest_sessionfinish(self) -> None:
        order = ("failed", "passed", "skipped")
        results = {
            fault: next(word for word in order if word in seen) for fault, seen in self.outcomes.items()
        }
        self.path.write_text(page(covering(), results), "utf-8")


def tell(item: pytest.Item) -> None:
    """Let every report of ``item`` carry its faults, in whichever process it runs."""
    faults = (fault for mark in item.iter_markers("fault") for fault in mark.args)
    item.user_properties += [("fault", fault) for fault in faults]
