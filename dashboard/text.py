"""Every visible string, by key, from one catalogue per language; numbers and dates in the reader's form.

The strings stand in ``dashboard/words/<lang>.toml``. A sentence is a template filled from data: no measured
number is typed into it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
WORDS = Path(__file__).with_name("words")
DEFAULT = "en"


@cache
def words(lang: str = DEFAULT) -> dict[str, str]:
    """All strings of one language, keys joined by dots."""
    content = tomllib.loads((WORDS / f"{lang}.toml").read_text("utf-8"))
    return dict(_flat("", content))


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, the default first."""
    found = sorted(path.stem for path in WORDS.glob("*.toml"))
    return (DEFAULT, *(lang for lang in found if lang != DEFAULT))


def t(key: str, lang: str = DEFAULT, **values: Any) -> str:
    """The string of ``key`` filled with ``values``. Raises KeyError for an unknown key."""
    return words(lang)[key].format(**values)


@lru_cache(maxsize=50_000)
def number(value: float, decimals: int = 2, *, sign: bool = False, lang: str = DEFAULT) -> str:
    """``-28.5`` as "−28.50", with the language's marks, a true minus, and a plus where ``sign``."""
    from babel.numbers import format_decimal

    if not np.isfinite(value):
        return DASH
    digits = "." + "0" * decimals if decimals else ""
    plain = format_decimal(abs(round(value, decimals)), format=f"#,##0{digits}", locale=lang)
    if round(value, decimals) == 0:
        return plain
    return (MINUS if value < 0 else "+" if sign else "") + plain


def month(when: np.datetime64, *, short: bool = False, lang: str = DEFAULT) -> str:
    """ "June 2026", or "Jun 2026"."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMM" if short else "yMMMM", _date(when), locale=lang)


def day(when: np.datetime64, *, lang: str = DEFAULT) -> str:
    """ "24 Nov 2023"."""
    from babel.dates import format_date

    return format_date(_date(when), format="d MMM y", locale=lang)


def month_name(when: np.datetime64, *, lang: str = DEFAULT) -> str:
    """ "Jan"."""
    from babel.dates import format_date

    return format_date(_date(when), format="LLL", locale=lang)


@lru_cache(maxsize=50_000)
def period(when: np.datetime64, cadence: str, *, short: bool = True, lang: str = DEFAULT) -> str:
    """The period that starts at ``when``: "2025", "Jan–Mar 2026", "Jun 2026" or "4 Aug 2026"."""
    if cadence == "year":
        return str(_date(when).year)
    if cadence == "quarter":
        start = when.astype("datetime64[M]")
        first, last = month_name(start, lang=lang), month_name(start + 2, lang=lang)
        return f"{first}{DASH}{last} {_date(when).year}"
    if cadence == "month":
        return month(when, short=short, lang=lang)
    return day(when, lang=lang)


def span(first: np.datetime64, last: np.datetime64, *, short: bool = False, lang: str = DEFAULT) -> str:
    """ "April 2025–March 2026", or "Apr 2025–Mar 2026"."""
    return f"{month(first, short=short, lang=lang)}{DASH}{month(last, short=short, lang=lang)}"


def brief(value: float, most: int = 2, *, lang: str = DEFAULT) -> str:
    """A number without trailing zeros: "27", "20.6"."""
    decimals = next((count for count in range(most) if round(value, count) == round(value, most)), most)
    return number(value, decimals, lang=lang)


def _date(when: np.datetime64) -> date:
    return when.astype("datetime64[D]").astype(object)


def _flat(prefix: str, content: dict) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
