"""Every visible string, by key, from one catalogue per language; numbers and dates in the reader's form.

The strings stand in ``dashboard/words/<lang>.toml``; what the rows of catalogue and register are called
in another language than English, in ``<lang>.rows.toml``. A sentence is a template filled from data: no
measured number is typed into it. The language is that of the running script, set once by ``speak``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
WORDS = Path(__file__).parent
DEFAULT = "en"
MENDED = "mended."
# Between the parts of a title: "Volga basin, point near Kazan: monthly precipitation (MERRA-2)".
JOINTS = re.compile(r"(: |, |; | \(|\))")
_spoken: ContextVar[str] = ContextVar("spoken", default=DEFAULT)


def speak(lang: str) -> None:
    """From here on this thread's strings, numbers and dates are in ``lang``."""
    _spoken.set(lang)


def spoken() -> str:
    """The language of this thread, English where none was set."""
    return _spoken.get()


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """``lang`` inside the block, the language of before after it."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def words(lang: str = DEFAULT) -> dict[str, str]:
    """All strings of one language, keys joined by dots."""
    return dict(_flat("", tomllib.loads((WORDS / f"{lang}.toml").read_text("utf-8"))))


@cache
def rows(lang: str) -> dict[str, str]:
    """What stands in rows of catalogue and register, by the English that stands there; none for English."""
    file = WORDS / f"{lang}.rows.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, the default first."""
    found = sorted(path.stem for path in WORDS.glob("*.toml") if "." not in path.stem)
    return (DEFAULT, *(lang for lang in found if lang != DEFAULT))


def t(key: str, **values: Any) -> str:
    """The string of ``key`` filled with ``values``. Raises KeyError for an unknown key."""
    return words(spoken())[key].format(**values)


def plural(key: str, count: int, **values: Any) -> str:
    """The form of ``key`` that goes with ``count``, which it may name as ``{count}``."""
    lang = spoken()
    form = f"{key}.{_plural_form(count, lang)}"
    known = words(lang)
    return known[form if form in known else f"{key}.other"].format(count=number(count, 0), **values)


def mended() -> list[tuple[str, str]]:
    """What was wrong and is mended: its day (ISO) and the words, newest first."""
    names = (key.removeprefix(MENDED) for key in words(spoken()) if key.startswith(MENDED))
    found = [(name[: len("2026-11-27")], t(f"mended.{name}")) for name in names]
    return sorted(found, key=lambda one: one[0], reverse=True)


def translate(english: str) -> str:
    """A text of a row in the language spoken: as a whole or part by part, in English where it has no other.

    Titles and labels are built of few parts, so that a new row mostly needs no new words.
    """
    return _translate(english, spoken())


def metres(level: float) -> str:
    """A level that a reader chooses: "−28.7 m"."""
    return f"{number(level, 1)} {translate('m')}"


def number(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """``-28.5`` as "−28.50", with the language's marks, a true minus, and a plus where ``sign``."""
    return _number(value, decimals, sign, spoken())


def month(when: np.datetime64, *, short: bool = False) -> str:
    """ "June 2026", or "Jun 2026"."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMM" if short else "yMMMM", _date(when), locale=spoken())


def day(when: np.datetime64) -> str:
    """ "24 Nov 2023"."""
    from babel.dates import format_date

    return format_date(_date(when), format="d MMM y", locale=spoken())


def month_name(when: np.datetime64) -> str:
    """ "Jan"."""
    from babel.dates import format_date

    return format_date(_date(when), format="LLL", locale=spoken())


def period(when: np.datetime64, cadence: str, *, short: bool = True) -> str:
    """The period that starts at ``when``: "2025", "Jan–Mar 2026", "Jun 2026" or "4 Aug 2026"."""
    return _period(when, cadence, short, spoken())


def span(first: np.datetime64, last: np.datetime64, *, short: bool = False) -> str:
    """ "April 2025–March 2026", or "Apr 2025–Mar 2026"."""
    return f"{month(first, short=short)}{DASH}{month(last, short=short)}"


def separators() -> str:
    """The decimal mark and the mark between thousands, as a chart's axis wants them."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(spoken()) + get_group_symbol(spoken())


def brief(value: float, most: int = 2) -> str:
    """A number without trailing zeros: "27", "20.6"."""
    decimals = next((count for count in range(most) if round(value, count) == round(value, most)), most)
    return number(value, decimals)


@lru_cache(maxsize=10_000)
def _translate(english: str, lang: str) -> str:
    known = rows(lang)
    return known.get(english) or "".join(known.get(part, part) for part in JOINTS.split(english))


@lru_cache(maxsize=50_000)
def _number(value: float, decimals: int, sign: bool, lang: str) -> str:
    from babel.numbers import format_decimal

    if not np.isfinite(value):
        return DASH
    digits = "." + "0" * decimals if decimals else ""
    plain = format_decimal(abs(round(value, decimals)), format=f"#,##0{digits}", locale=lang)
    if round(value, decimals) == 0:
        return plain
    return (MINUS if value < 0 else "+" if sign else "") + plain


@lru_cache(maxsize=50_000)
def _period(when: np.datetime64, cadence: str, short: bool, lang: str) -> str:
    """``lang`` is the language spoken: a part of the key under which the text is kept."""
    if cadence == "year":
        return str(_date(when).year)
    if cadence == "quarter":
        start = when.astype("datetime64[M]")
        return f"{month_name(start)}{DASH}{month_name(start + 2)} {_date(when).year}"
    return month(when, short=short) if cadence == "month" else day(when)


@cache
def _plural_form(count: int, lang: str) -> str:
    from babel import Locale

    return Locale.parse(lang).plural_form(count)


def _date(when: np.datetime64) -> date:
    return when.astype("datetime64[D]").astype(object)


def _flat(prefix: str, content: dict) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value
