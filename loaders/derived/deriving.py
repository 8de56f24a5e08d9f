"""A derived row and its opened inputs into a series of the contract: which formula, and whose terms hold.

Each formula of ``FORMULAS`` takes the row and its inputs in the row's order. Nothing derived is stored: it is
made anew whenever it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import xarray as xr

from loaders.dataset import contract
from loaders.derived.consensus import level_consensus
from loaders.derived.formulas import (
    anomalies,
    long_term_mean,
    precipitation_less_evaporation,
    share_of_flow,
    volume_change,
)
from loaders.errors import CatalogueError, NoData
from loaders.tables.items import Derive, Series
from loaders.tables.vocabulary import Flag

Inputs = Sequence[xr.Dataset]
SEPARATOR = " ; "
OURS = "Two Seas, computed from: "
TERMS = ("source", "source_label", "source_url", "licence", "citation")
# What the formula found out and a reader must see beside the numbers.
SAID = ("formula", "inputs", "uncertainty", "offsets", "base_period")


def derive(row: Series, inputs: Inputs) -> xr.Dataset:
    """The series of ``row``, conformed and checked; its attributes name formula, inputs and uncertainty.

    Source, licence and citation are those of the inputs. Raises NoData where they do not reach,
    CatalogueError where the row names inputs that its formula cannot take.
    """
    assert row.derive is not None
    try:
        found = FORMULAS[row.derive.formula](row.derive, inputs)
    except NoData as error:
        raise NoData(f"{row.id}: {error}") from None
    except ValueError as error:
        raise CatalogueError(f"series {row.id}: derive: {error}") from None
    dataset = contract.conform(found, row)
    dataset.attrs |= {name: found.attrs[name] for name in SAID if name in found.attrs}
    dataset.attrs |= {name: _joined(inputs, name) for name in TERMS}
    dataset.attrs |= {name: OURS + dataset.attrs[name] for name in ("source", "source_label")}
    return contract.check(dataset)


def _volume_change(how: Derive, inputs: Inputs) -> xr.Dataset:
    """The area is the middle of the published figures, its error half of their range."""
    level, areas = inputs
    known = _whole(areas)["value"].values
    if not known.size:
        raise NoData("no area without doubts")
    low, high = float(known.min()), float(known.max())
    return _of(inputs, volume_change(_whole(level), (low + high) / 2, area_error_km2=(high - low) / 2))


def _share_of_flow(how: Derive, inputs: Inputs) -> xr.Dataset:
    change, flow = inputs
    first, last = _window(how)
    mean, error, _ = long_term_mean(_whole(flow), int(first), int(last))
    made = share_of_flow(change, mean, error)
    made.attrs["formula"] += f", the mean of {first} to {last}"
    return _of(inputs, made)


def _anomalies(how: Derive, inputs: Inputs) -> xr.Dataset:
    (dataset,) = inputs
    first, last = _window(how)
    step = "month" if dataset.attrs["cadence"] == "month" else "year"
    return anomalies(dataset, step=step, base=(int(first), int(last)))  # type: ignore[arg-type]


def _net_precipitation(how: Derive, inputs: Inputs) -> xr.Dataset:
    rain, evaporation = inputs
    return precipitation_less_evaporation(rain, evaporation)


def _level_consensus(how: Derive, inputs: Inputs) -> xr.Dataset:
    """By years where the window names years."""
    window = _window(how)
    levels = [_whole(part) for part in inputs]
    return level_consensus(levels, window, step="year" if len(window[0]) == len("YYYY") else "month")


FORMULAS: dict[str, Callable[[Derive, Inputs], xr.Dataset]] = {
    "volume_change": _volume_change,
    "share_of_flow": _share_of_flow,
    "anomalies": _anomalies,
    "net_precipitation": _net_precipitation,
    "level_consensus": _level_consensus,
}


def _whole(dataset: xr.Dataset) -> xr.Dataset:
    """Yearly lists and single figures without what is flagged 3: there it marks part-years and hearsay."""
    if dataset.attrs["cadence"] not in ("year", "irregular"):
        return dataset
    return dataset.isel(time=dataset["qc"].values != Flag.SUSPECT)


def _window(how: Derive) -> tuple[str, str]:
    if how.window is None:
        raise ValueError(f"{how.formula} needs a window")
    return how.window


def _of(inputs: Inputs, made: xr.Dataset) -> xr.Dataset:
    """All inputs named, also those of which a single number was taken."""
    return made.assign_attrs(inputs=" ".join(part.attrs["series_id"] for part in inputs))


def _joined(inputs: Inputs, name: str) -> str:
    """Each once, also where an input is itself derived."""
    texts = (str(part.attrs[name]).removeprefix(OURS) for part in inputs)
    return SEPARATOR.join(dict.fromkeys(piece for text in texts for piece in text.split(SEPARATOR)))
