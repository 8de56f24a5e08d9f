"""Rows of what is measured: series, fields and tables, with how they are built, derived and cross-checked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from loaders.tables.vocabulary import Cadence, Formula, Grade, Id, Kind, Row, SeaId


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


class Table(Row):
    """A baseline table that is no time series: a curve, a list of facts, offsets between height systems."""

    id: Id
    title: str
    sea: SeaId
    kind: Literal["facts", "curve", "list", "offsets"]
    credit: Id
    unit: str
    datum: Id | None = None
    caveat: str | None = None
