"""What the reader selected, and the address that says the same: ``read(write(selection)) == selection``.

The names of the parameters are public (permalinks). Values are ids, never labels, in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from dashboard.register.commitments import register
from dashboard.words.text import languages
from loaders.tables.items import Item
from loaders.tables.schema import Catalogue

Kept = TypeVar("Kept", bound=Item)
Reason = Literal["unknown", "repeated", "reversed", "incomplete", "page"]

MONTH = r"(?:1[89]|2[01])[0-9]{2}-(?:0[1-9]|1[0-2])"
CHART = r"[a-zA-Z0-9-]{1,100}"
WINDOW = rf"({MONTH})\.\.({MONTH})"
# Parameter of the address, in the order in which it is written -> field of the selection.
FIELDS = {
    "sea": "sea",
    "basin": "basin",
    "indicator": "indicator",
    "source": "source",
    "from": "start",
    "to": "end",
    "compare": "compare",
    "before": "before",
    "after": "after",
    "view": "view",
    "lang": "lang",
    "open": "open",
    "chart": "chart",
}
# What one page alone reads stays out of the address of the others.
PAGE_OF = {"view": "level", "open": "commitments"}
SEAS = ("both", "caspian", "aral")
COMPARES = ("speech", "normal", "custom")
VIEWS = ("long", "seasonal", "change", "rate")


@dataclass(frozen=True)
class Selection:
    """One state of the filters; an empty text means no restriction.

    ``start`` and ``end`` are months ``YYYY-MM``, both included. ``before`` and ``after`` are windows
    ``YYYY-MM..YYYY-MM``, set together and only with ``compare="custom"``. ``open`` is a commitment id,
    ``chart`` the key of the one chart that is shown; only its page knows whether there is such a chart.
    """

    sea: str = "both"
    basin: str = ""
    indicator: str = ""
    source: str = ""
    start: str = ""
    end: str = ""
    compare: str = "speech"
    before: str = ""
    after: str = ""
    view: str = "long"
    lang: str = "en"
    open: str = ""
    chart: str = ""


@dataclass(frozen=True)
class Problem:
    """A value of the address that was not taken; ``value`` is cut to 40 characters and still unescaped."""

    name: str
    value: str
    reason: Reason = "unknown"


@dataclass(frozen=True)
class Choices:
    """The ids that each filter knows; ``basins`` maps a basin to its sea."""

    basins: Mapping[str, str]
    indicators: tuple[str, ...]
    sources: tuple[str, ...]
    commitments: tuple[str, ...]
    langs: tuple[str, ...]
    seas: tuple[str, ...] = SEAS
    compares: tuple[str, ...] = COMPARES
    views: tuple[str, ...] = VIEWS

    def basins_of(self, sea: str) -> tuple[str, ...]:
        return tuple(basin for basin, of in self.basins.items() if sea in ("both", of))


DEFAULT = Selection()


def choices(catalogue: Catalogue) -> Choices:
    """What can be chosen: only basins, indicators and sources that at least one series has."""
    rows = catalogue.series.values()
    seen = {row.basin for row in rows if row.basin}
    return Choices(
        basins={
            key: place.sea
            for key, place in catalogue.basins.items()
            if any(_within(key, basin) for basin in seen)
        },
        indicators=tuple(key for key in catalogue.indicators if any(row.indicator == key for row in rows)),
        sources=tuple(key for key in catalogue.sources if any(row.source == key for row in rows)),
        commitments=tuple(register().commitments),
        langs=languages(),
    )


def read(params: Mapping[str, Sequence[str] | str], choices: Choices) -> tuple[Selection, list[Problem]]:
    """The selection of an address, and what in it was not taken; names that are no filter are passed over.

    ``params`` holds every value of a repeated name, so that a repetition is seen.
    """
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for name, field in FIELDS.items():
        values = [params[name]] if isinstance(params.get(name), str) else list(params.get(name, ()))
        if not values:
            continue
        raw = str(values[0])
        if len(values) > 1:
            problems.append(Problem(name, raw[:40], "repeated"))
        elif _known(name, raw, choices):
            found[field] = raw
        else:
            problems.append(Problem(name, raw[:40]))
    _fit_basin(found, choices, problems)
    _fit_period(found, problems)
    _fit_windows(found, problems)
    return Selection(**found), problems


def write(selection: Selection, *, page: str = "") -> dict[str, str]:
    """The parameters that differ from the defaults, in a stable order: the bare address is the default.

    With ``page``, those that only another page reads are left out.
    """
    return {
        name: value
        for name, value in full(selection).items()
        if value != getattr(DEFAULT, FIELDS[name]) and (not page or PAGE_OF.get(name, page) == page)
    }


def full(selection: Selection) -> dict[str, str]:
    """All filters written out, so that a later change of a default does not change the link.

    The windows are left out where they do not apply, ``open`` and ``chart`` where none is named.
    """
    named = {name: getattr(selection, field) for name, field in FIELDS.items()}
    if selection.compare != "custom":
        del named["before"], named["after"]
    for name in ("open", "chart"):
        if not named[name]:
            del named[name]
    return named


def window(text: str) -> tuple[str, str]:
    """First and last month of ``YYYY-MM..YYYY-MM``. Raises ValueError for any other text."""
    found = re.fullmatch(WINDOW, text)
    if not found:
        raise ValueError(f"not a window of months: {text[:40]!r}")
    return found[1], found[2]


def matching(selection: Selection, rows: Iterable[Kept]) -> list[Kept]:
    """The rows that pass sea, basin, indicator and source; a row of both seas passes either.

    A basin takes in its own parts (``south-aral`` takes ``south-aral-west``), never the other way round. A
    field has no indicator.
    """
    return [
        row
        for row in rows
        if (selection.sea == "both" or row.sea in (selection.sea, "both"))
        and (not selection.basin or _within(selection.basin, row.basin))
        and selection.indicator in ("", getattr(row, "indicator", None))
        and selection.source in ("", row.source)
    ]


def _within(basin: str, part: str | None) -> bool:
    """Ids of places are hierarchical: a part of a basin extends the basin's id."""
    return part is not None and (part == basin or part.startswith(basin + "-"))


def _known(name: str, value: str, choices: Choices) -> bool:
    ids: dict[str, Iterable[str]] = {
        "sea": choices.seas,
        "basin": ("", *choices.basins),
        "indicator": ("", *choices.indicators),
        "source": ("", *choices.sources),
        "compare": choices.compares,
        "view": choices.views,
        "lang": choices.langs,
        "open": ("", *choices.commitments),
    }
    if name in ids:
        return value in ids[name]
    patterns = {"from": MONTH, "to": MONTH, "chart": CHART}
    return value == "" or re.fullmatch(patterns.get(name, WINDOW), value) is not None


def _fit_basin(found: dict[str, str], choices: Choices, problems: list[Problem]) -> None:
    basin, sea = found.get("basin", ""), found.get("sea", DEFAULT.sea)
    if basin and basin not in choices.basins_of(sea):
        problems.append(Problem("basin", found.pop("basin")))


def _fit_period(found: dict[str, str], problems: list[Problem]) -> None:
    start, end = found.get("start", ""), found.get("end", "")
    if start and end and start > end:
        problems += [
            Problem("from", found.pop("start"), "reversed"),
            Problem("to", found.pop("end"), "reversed"),
        ]


def _fit_windows(found: dict[str, str], problems: list[Problem]) -> None:
    """Custom windows come as a pair in order, or the comparison falls back to the default."""
    pair = {name: found.pop(name, "") for name in ("before", "after")}
    given = {name: value for name, value in pair.items() if value}
    if found.get("compare") != "custom":
        problems += [Problem(name, value) for name, value in given.items()]
        return
    turned = {name for name, value in given.items() if window(value)[0] > window(value)[1]}
    if len(given) == 2 and not turned and window(pair["before"])[1] >= window(pair["after"])[0]:
        turned = {"after"}
    problems += [Problem(name, given[name], "reversed") for name in given if name in turned]
    if len(given) == 2 and not turned:
        found.update(pair)
    else:
        problems.append(Problem("compare", found.pop("compare"), "incomplete"))
