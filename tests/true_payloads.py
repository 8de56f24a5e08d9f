"""Small true answers of every provider, each with the series that is read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from loaders.tables.catalogue import catalogue
from loaders.tables.items import Item, Series
from tests.payloads import (
    cckp,
    cds,
    chlorophyll,
    climate_trace,
    coraltemp,
    dahiti,
    ember,
    etopo,
    gcb,
    gwm,
    hydrocron,
    hydroweb,
    nasa_power,
    ncei,
    oisst,
    open_meteo,
    open_meteo_air,
    open_meteo_flood,
    owid,
    world_bank,
)

YEARS = range(2000, 2025)
RISING = {year: 100.0 + year - 2000 for year in YEARS}
COUNTRIES = {"KAZ": RISING, "UZB": RISING}
WARMER = [7.0 + (year - 2000) / 10 for year in YEARS]
LEVELS = [(f"{year}-{month:02d}-10", -27.0 - (year - 2000) / 20, 0.04) for year in YEARS for month in (2, 8)]
SPRING = [date(2025, 2, 1) + timedelta(days=number) for number in range(59)]
JANUARY = (date(2025, 1, 1), date(2025, 1, 31))
# Degrees of a field coarser than any true one, to keep answers small, and its cells inside the sea.
NORTH, EAST, CELLS = np.arange(36.0, 48.1), np.arange(46.0, 55.1), 39
SOUTH = NORTH[::-1]
HOURS = open_meteo_air.hours(*JANUARY)
LAKE = "2420000000"
SWOT_PASSES = [
    (f"2024-{month:02d}-10T12:00:00Z", -28.4 - month / 100, 371000.0, 0, 0) for month in range(1, 13)
]


@dataclass(frozen=True)
class Answer:
    """``name`` is that of a file of ``loaders/sources``, with a form where there are several."""

    name: str
    row: Item
    raw: bytes

    @property
    def source(self) -> str:
        return self.name.split(" ")[0]


def answers() -> list[Answer]:
    return [
        *(Answer(name, _row(series), raw) for name, (series, raw) in (TEXTS | TABLES | GRIDS).items()),
        Answer("hydrocron", _swot_row(), hydrocron.answer(LAKE, SWOT_PASSES)),
    ]


def _row(name: str) -> Item:
    row: Item = (catalogue().series | catalogue().fields)[name]
    coarse = row.provider | {"cells": CELLS} if "cells" in row.provider else row.provider
    return row.model_copy(update={"provider": coarse})


def _swot_row() -> Series:
    """No lake of the two seas is known by its SWOT number yet."""
    provider = {"lake_id": LAKE, "field": "wse"}
    changes = {"id": "made-up-swot", "provider": provider, "source": "hydrocron", "credit": None, "qc": None}
    return catalogue().series["caspian-level-gwm"].model_copy(update=changes)


def _power() -> bytes:
    months = {key: value for year in range(2020, 2025) for key, value in _power_year(year).items()}
    return nasa_power.text(nasa_power.feature(42.0, 50.5, {"T2M": months}))


def _power_year(number: int) -> dict[str, float]:
    return nasa_power.year(number, [1.5 * month for month in range(1, 13)], 9.75)


TEXTS = {
    "cckp": ("kaz-air-temperature-cckp", cckp.answer({"KAZ": cckp.years(2000, WARMER)})),
    "climate_trace": (
        "kaz-ghg-climate-trace",
        climate_trace.answer("KAZ", 2023, [2e7 + number for number in range(12)]),
    ),
    "dahiti json": ("caspian-level-dahiti-api", dahiti.levels(LEVELS)),
    "ember": ("kaz-carbon-intensity-ember-api", ember.answer(ember.intensity(COUNTRIES))),
    "nasa_power": ("mid-caspian-air-temperature-nasa-power", _power()),
    "open_meteo": (
        "mid-caspian-air-temperature-open-meteo",
        open_meteo.answer(open_meteo.point(42.0, 50.5, SPRING, {"temperature_2m_mean": [5.5] * len(SPRING)})),
    ),
    "open_meteo_air": (
        "aralkum-dust-cams",
        open_meteo_air.answer(HOURS, [40.0 + n % 24 for n in range(len(HOURS))]),
    ),
    "open_meteo_flood": (
        "volga-discharge-glofas",
        open_meteo_flood.answer(open_meteo_flood.cell(48.825, 44.575, SPRING, [7800.0] * 59)),
    ),
    "owid description": ("kaz-co2-owid-grapher", owid.description("tonnes")),
    "world_bank": (
        "kaz-ghg-world-bank",
        world_bank.answer(world_bank.rows("EN.GHG.ALL.MT.CE.AR5", {"KAZ": RISING})),
    ),
}
TABLES = {
    "cds table": ("caspian-level-cds", cds.table(LEVELS)),
    "dahiti table": ("caspian-level-dahiti-api", dahiti.export(LEVELS)),
    "gcb": ("kaz-co2-gcb", gcb.table(COUNTRIES)),
    "gwm": (
        "caspian-level-gwm",
        gwm.lake_file([gwm.Row(date.fromisoformat(day), high + 26.58) for day, high, _ in LEVELS]),
    ),
    "hydroweb": (
        "caspian-level-hydroweb",
        hydroweb.lake_file(
            [(f"{day.replace('-', '/')} 10:30", high, 0.1, 3.7e5, 1.5) for day, high, _ in LEVELS]
        ),
    ),
    "ncei": (
        "astrakhan-air-temperature-ncei",
        ncei.answer([ncei.row(month, f"{int(month[-2:]) - 3}.5") for month in ncei.months(2020, 2024)]),
    ),
    "owid table": ("kaz-co2-owid-grapher", owid.table(COUNTRIES)),
}
GRIDS = {
    "cds netcdf": ("caspian-level-cds", cds.lake_file(LEVELS)),
    "cds zip": ("caspian-level-cds", cds.packed("a.nc", cds.lake_file(LEVELS))),
    "chlorophyll": ("caspian-south-chlorophyll-viirs", chlorophyll.fields(["2025-01"], [0.5])),
    "coraltemp": ("caspian-sst-coraltemp", coraltemp.fields(*JANUARY, latitudes=SOUTH, longitudes=EAST)),
    "etopo table": ("caspian-hypsometry-etopo", etopo.ground(-30.0, latitudes=NORTH, longitudes=EAST)),
    "etopo map": ("caspian-ground-etopo", etopo.ground(-30.0, latitudes=NORTH, longitudes=EAST)),
    "oisst": ("caspian-sst-oisst", oisst.fields(*JANUARY, latitudes=NORTH, longitudes=EAST)),
}
