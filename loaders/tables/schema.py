"""The rows of the catalogue and the few records that travel between modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from loaders.tables.items import FieldRow, Item, Series, Table
from loaders.tables.vocabulary import Direction, Https, Id, Row, SeaId

# A role of the palette; what it looks like is the dashboard's affair.
Color = Literal["caspian", "north-aral", "ink"]


class Sea(Row):
    """A sea; ``color`` is the role of its lines in the palette."""

    id: Literal["caspian", "aral"]
    label: str
    color: Color = "ink"


class Body(Row):
    """A water body that has a card, by the id of its place: its name on the card and in a sentence.

    ``measured`` is the part whose level speaks for it, ``part`` that part's short name, ``color`` the role of
    its lines in the palette. The speech makes no commitment for one that is not ``committed``.
    """

    id: Id
    label: str
    named: str
    measured: Id | None = None
    part: str | None = None
    color: Color = "ink"
    committed: bool = True

    @property
    def level_place(self) -> str:
        return self.measured or self.id


class Place(Row):
    """Something a series can be about. A basin is of kind ``basin``; ``code`` is a station's own id."""

    id: Id
    label: str
    kind: Literal["sea", "basin", "bay", "river", "country", "point", "world"]
    sea: SeaId
    basin: Id | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    code: str | None = None


class Indicator(Row):
    """One measured quantity, its canonical unit, and the direction that the speech names as the problem."""

    id: Id
    label: str
    unit: str
    unit_label: str
    decimals: int = 2
    standard_name: str | None = None
    problem: Direction = "none"


class Datum(Row):
    """One named realisation of a height system. Two of them never share an axis without a stated offset."""

    id: Id
    label: str
    words: str


class Source(Row):
    """One provider. ``module`` is the file in ``loaders/sources``; ``published`` has none.

    ``key_in`` says where the access key goes: ``header NAME``, ``query NAME`` or ``body NAME``.
    """

    id: Id
    label: str
    module: str | None = None
    url: Https | None = None
    page: Https | None = None
    licence: str
    citation: str
    credit: str | None = None
    key_needed: bool = False
    key_in: Annotated[str, StringConstraints(pattern=r"^(header|query|body) [A-Za-z_-]+$")] | None = None
    min_interval_hours: float = 24
    hosts: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    max_bytes: int = 25_000_000
    provisional_days: int = 0
    merge: Literal["replace", "extend"] = "replace"


class Credit(Row):
    """Who made a group of published figures, under which terms. ``include = false`` removes the group."""

    id: Id
    label: str
    source: str
    source_url: str
    licence: str
    citation: str
    how: str
    include: bool = True


class Step(Row):
    """How much a value may change in ``days``; ``per_day`` more for each day of a longer gap.

    Without ``per_day`` a longer gap is not judged. Limits are in the unit of the series or in per cent.
    """

    days: float = Field(gt=0)
    suspect: float
    fail: float
    per_day: float = 0.0


class Line(Row):
    """A level that moves by ``per_year`` through ``value`` at the start of ``year``, known from ``since``."""

    year: float
    value: float
    per_year: float
    within: float
    since: str


class Threshold(Row):
    """One version of the quality limits of one kind of series, in its canonical unit, with their origin.

    ``date`` is the day they were last set. ``percent`` says that steps and spikes are per cent of the value
    before or around. A spike or a flat line is looked for where neighbours stand at most three of the first
    step apart. ``tail_*`` limit how far the newest three points may stand from trend and season. From
    ``doubt_from`` on every value is suspect. ``basins`` names the limits to take instead where the file
    itself says which basin it is of.
    """

    id: Id
    source: str
    version: int
    date: str
    valid_from: str
    valid_to: str | None = None
    fail_below: float | None = None
    fail_above: float | None = None
    suspect_below: float | None = None
    suspect_above: float | None = None
    percent: bool = False
    steps: tuple[Step, ...] = ()
    spike_suspect: float | None = None
    spike_fail: float | None = None
    flat_count: int | None = Field(default=None, ge=2)
    flat_within: float = 0.001
    flat_exempt_months: tuple[int, ...] = ()
    tail_suspect: float | None = None
    tail_hold: float | None = None
    line: Line | None = None
    doubt_from: str | None = None
    basins: dict[Id, Id] = {}


@dataclass(frozen=True)
class Catalogue:
    """All validated tables; every mapping is keyed by id and keeps the order of the files."""

    seas: dict[str, Sea]
    places: dict[str, Place]
    bodies: dict[str, Body]
    indicators: dict[str, Indicator]
    datums: dict[str, Datum]
    sources: dict[str, Source]
    credits: dict[str, Credit]
    series: dict[str, Series]
    fields: dict[str, FieldRow]
    thresholds: dict[str, Threshold]
    tables: dict[str, Table]

    @property
    def items(self) -> dict[str, Item]:
        """Series and fields; no id stands for both."""
        return {**self.series, **self.fields}

    @property
    def basins(self) -> dict[str, Place]:
        return {key: place for key, place in self.places.items() if place.kind == "basin"}
