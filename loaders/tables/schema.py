"""The rows of the catalogue and the few records that travel between modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Https = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
SeaId = Literal["caspian", "aral", "both"]
Kind = Literal["observed", "modelled", "published", "derived"]
# From the strongest to the weakest.
Grade = Literal["primary", "secondary", "read-off", "stated"]
Cadence = Literal["day", "10-day", "month", "quarter", "year", "irregular"]
Formula = Literal[
    "volume_change", "share_of_flow", "anomalies", "net_precipitation", "level_consensus"
]  # fmt: skip
Direction = Literal["lower", "higher", "none"]


class Flag(IntEnum):
    """QARTOD quality flags. Flags 4 and 9 never enter a mean, a trend or a headline."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sea(Row):
    id: Literal["caspian", "aral"]
    label: str


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


class Build(Row):
    """How a baseline series is cut out of tidy files of published figures, or made of another series.

    ``where`` keeps the rows whose columns hold one of the named values; ``points`` are rows written here.
    Years after ``until`` are left out for the reason ``cut``. ``interval`` names the two columns of a 95 %
    interval. ``periods`` keeps the days that each value stands for, ``links`` who said it and where, with
    ``link`` for rows without an address. ``notes``, ``others`` (second values), ``exact`` (printed in a table
    where the file was read off a picture) and ``provisional`` go by the row's time; ``note`` is said of every
    other row. With ``unusable`` rows of that quality stand in the series with flag 4. ``mean_of`` makes means
    ``per`` month or year of another series. ``more`` adds further files.
    """

    file: str | None = None
    where: dict[str, str | list[str]] = {}
    value: str = "value"
    scale: float = 1.0
    decimals: int = 6
    until: str | None = None
    cut: str = "outside the years of this series"
    uncertainty: bool = True
    interval: tuple[str, str] | None = None
    periods: bool = False
    links: bool = True
    link: Https | None = None
    notes: dict[str, str] = {}
    others: dict[str, float] = {}
    exact: dict[str, float] = {}
    note: str = ""
    unusable: bool = False
    provisional: tuple[str, ...] = ()
    mean_of: Id | None = None
    per: Literal["month", "year"] | None = None
    points: tuple[dict[str, str], ...] = ()
    more: tuple[Build, ...] = ()


class Derive(Row):
    """How a derived series is computed when it is opened: a formula of ``loaders/derived/deriving.py``, its
    inputs.

    ``window`` is the first and last year or month that the formula's mean is taken over, where it takes one.
    """

    formula: Formula
    inputs: tuple[Id, ...] = Field(min_length=1)
    window: tuple[str, str] | None = None


class Crosscheck(Row):
    """A second series of the same quantity and step: where the two differ by more than ``suspect``, both are
    suspect."""

    series: Id
    suspect: float = Field(gt=0)


class Facts(Row):
    """How rows of one file become facts; ``{column}`` in a text stands for the row's own cell."""

    file: str | None = None
    where: dict[str, str | list[str]] = {}
    time: str = "{time}"
    value: str = "{value}"
    unit: str
    what: str
    place: str = ""
    who: str = "{who}"
    note: str = "{note}"
    source_url: str = "{source_url}"
    mark: Literal["observed", "stated", "target", "forecast"]
    points: tuple[dict[str, str], ...] = ()


class Item(Row):
    """What a source is asked for and the cache holds: a series or a field."""

    id: Id
    title: str
    label: str | None = None
    place: Id
    source: Id
    sea: SeaId
    basin: Id | None = None
    datum: Id | None = None
    datum_note: str | None = None
    kind: Kind
    provenance_grade: Grade
    independence_group: Id
    caveat: str | None = None
    provider: dict[str, str | int | float] = {}


class Series(Item):
    """One quantity, one place, one source, one datum.

    ``projection`` marks a scenario that runs into the future: never the newest data, never in place of a
    record.
    """

    indicator: Id
    unit: str
    zone: str = "whole"
    cadence: Cadence
    cell_methods: str
    base_period: str | None = None
    min_obs_per_month: int = 2
    systematic_error: float | None = None
    error_assumed: bool = False
    qc: Id | None = None
    credit: Id | None = None
    experimental: bool = False
    projection: bool = False
    build: Build | None = None
    derive: Derive | None = None
    crosscheck: Crosscheck | None = None

    @property
    def may_lead(self) -> bool:
        """Whether a headline or a reading may rest on it; what is derived would count its inputs twice."""
        return not (self.experimental or self.derive)

    @model_validator(mode="after")
    def _level_has_datum(self) -> Series:
        if self.indicator == "level" and not self.datum:
            raise ValueError("datum: a level needs one")
        return self


class FieldRow(Item):
    """What does not change with time: a table by level, or a map of heights of the ground.

    At ``level`` (m) the area of water lies within ``area_km2``, or it is not this sea's ground. ``heights``
    are the lowest and the highest level of a table, or ground of a map, in m.
    """

    form: Literal["levels", "map"]
    level: float
    area_km2: tuple[float, float]
    heights: tuple[float, float]


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


class Table(Row):
    """A baseline table that is not a time series: a curve, a list of facts, offsets between height systems.

    ``curve`` is the file of a curve, ``offsets`` the pairs of yearly series to compare, ``parts`` make facts.
    """

    id: Id
    title: str
    sea: SeaId
    kind: Literal["facts", "curve", "list", "offsets"]
    credit: Id
    unit: str
    parts: tuple[Facts, ...] = ()
    curve: str | None = None
    offsets: tuple[tuple[Id, Id], ...] = ()
    datum: Id | None = None
    caveat: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """All validated tables; every mapping is keyed by id and keeps the order of the files."""

    seas: dict[str, Sea]
    places: dict[str, Place]
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


@dataclass(frozen=True)
class Request:
    """One question: ``path`` is joined to the source's base address; it serves the named series.

    A whole address in ``path`` must be on a host of the source. With ``body``, a JSON text, it is a POST.
    ``instead`` is the path to ask where the first is refused or gone. The answer to a ``step`` only leads to
    the next request and is not kept; ``wait`` seconds pass before asking.
    """

    path: str
    series: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    instead: str = ""
    step: bool = False
    wait: float = 0.0

    @property
    def name(self) -> str:
        """What tells this question from the others of its source."""
        return f"{self.path} {self.body}" if self.body else self.path


@dataclass(frozen=True)
class Held:
    """What the store already holds of a series, for sources that ask only for what is missing."""

    first: str
    newest: str


Outcome = Literal["updated", "unchanged", "held", "failed", "skipped"]


@dataclass(frozen=True)
class SeriesResult:
    series: str
    outcome: Outcome
    added: int = 0
    changed: int = 0
    removed: int = 0
    largest_change: float | None = None
    newest: str | None = None
    error: str | None = None
    message: str = ""


@dataclass(frozen=True)
class SourceResult:
    source: str
    series: tuple[SeriesResult, ...]
    message: str = ""

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome == outcome for result in self.series)


@dataclass(frozen=True)
class Progress:
    """One step of one source, for a progress bar: ``done`` of ``total`` requests, or finished."""

    source: str
    done: int
    total: int
    finished: bool = False


@dataclass(frozen=True)
class RefreshReport:
    sources: tuple[SourceResult, ...]
    cache_id: str

    @property
    def exit_code(self) -> int:
        """0 none failed or held; 3 some did and some did not; 4 none updated or unchanged."""
        results = [result for source in self.sources for result in source.series]
        good = sum(result.outcome in ("updated", "unchanged") for result in results)
        bad = sum(result.outcome in ("failed", "held") for result in results)
        if not bad:
            return 0
        return 3 if good else 4


Attributes = dict[str, Any]
