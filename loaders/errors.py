"""Every error a loader raises, grouped by who can act on it.

LoadError
├── Fetching           try again later, or check the connection
│   ├── Unreachable      no connection, DNS, proxy, certificate
│   ├── TimedOut         the total deadline passed
│   ├── HttpStatus       4xx or 5xx; carries ``status`` and ``retry_after``
│   ├── TooLarge         more bytes than the source may send
│   └── UnsafeRedirect   a redirect off the allow-list
├── Content            the provider sent something else
│   ├── NotData          HTML, empty, header only, all zeros
│   │   └── NoValue        the provider itself says that it has published no value
│   ├── Truncated        incomplete body or table
│   ├── BadFormat        does not parse by the source's rules
│   ├── SchemaChanged    parses, but ids, columns or units differ
│   └── UnsafeFile       refused by its first bytes
├── Checks             the numbers are not believed
│   ├── ContractError    a dataset breaks the dataset contract
│   └── QcHeld           plausible file, implausible numbers; released only by --accept
├── Cache              something about this computer
│   ├── CacheBusy
│   ├── CacheUnwritable
│   └── CacheCorrupt
└── Asking             something about the question
    ├── UnknownSeries    carries the nearest names
    ├── NoData           the series is known and nothing is stored
    └── CatalogueError   a table row is wrong; names file, row and field

Callers branch on the class and its fields, never on the text.
"""

from __future__ import annotations


class LoadError(Exception):
    """Root of the tree. ``str(error)`` is one line of at most 200 characters, safe to print."""

    def __str__(self) -> str:
        text = " ".join(super().__str__().split())
        clean = "".join(char for char in text if char.isprintable())
        return clean if len(clean) <= 200 else clean[:199] + "…"


class Fetching(LoadError):
    pass


class Unreachable(Fetching):
    pass


class TimedOut(Fetching):
    pass


class HttpStatus(Fetching):
    def __init__(self, message: str, *, status: int, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class TooLarge(Fetching):
    pass


class UnsafeRedirect(Fetching):
    pass


class Content(LoadError):
    pass


class NotData(Content):
    pass


class NoValue(NotData):
    pass


class Truncated(Content):
    pass


class BadFormat(Content):
    pass


class SchemaChanged(Content):
    pass


class UnsafeFile(Content):
    pass


class Checks(LoadError):
    pass


class ContractError(Checks):
    def __init__(self, series: str, rule: str) -> None:
        super().__init__(f"{series}: {rule}")
        self.series = series
        self.rule = rule


class QcHeld(Checks):
    pass


class Cache(LoadError):
    pass


class CacheBusy(Cache):
    pass


class CacheUnwritable(Cache):
    pass


class CacheCorrupt(Cache):
    pass


class Asking(LoadError):
    pass


class UnknownSeries(Asking):
    def __init__(self, message: str, *, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class NoData(Asking):
    pass


class CatalogueError(Asking):
    pass
