"""CoralTemp: every fifth point, latitudes from north to south, no axis of depth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from loaders.dataset import contract
from loaders.errors import NotData, SchemaChanged
from loaders.geometry import regions
from loaders.sources import coraltemp
from loaders.tables.catalogue import catalogue
from loaders.transport.question import Held

from .payloads.coraltemp import LATITUDES, LONGITUDES, fields

ROW = catalogue().series["caspian-sst-coraltemp"]
JULY = (date(2024, 7, 1), date(2024, 7, 31))
TODAY = date(2026, 8, 20)


def test_every_fifth_point_is_asked_from_north_to_south():
    (first,) = coraltemp.requests([ROW], today=TODAY, held={})
    assert first.path == (
        "griddap/dhw_5km.nc?CRW_SST%5Blast-364:1:last%5D%5B(47.375):5:(36.375)%5D%5B(46.375):5:(54.375)%5D"
    )
    held = {ROW.id: Held("2025-09-01", "2026-07-01")}
    assert "%5B(2024-09-01T12:00:00Z):1:(2025-08-31T12:00:00Z)%5D" in (
        coraltemp.requests([ROW], today=TODAY, held=held)[1].path
    )


def test_an_answer_from_north_to_south_is_read_the_right_way_round():
    """20 degrees north of 44 N: on the North Caspian, a fifth of the cells; turned over it would be less."""
    outline = regions.outlines()["caspian"]
    inside = regions.contains(outline, LATITUDES[:, None], LONGITUDES[None, :])
    field = np.where(LATITUDES[:, None] > 44, 20.0, 10.0) * np.ones(len(LONGITUDES))
    cosines = np.cos(np.radians(LATITUDES))[:, None] * inside
    expected = (cosines * field).sum() / cosines.sum()
    dataset = contract.check(contract.conform(coraltemp.parse(fields(*JULY, field), ROW), ROW))
    assert dataset["value"].item() == pytest.approx(expected, abs=0.1)
    assert dataset["value"].attrs["units"] == "degC"
    upside_down = (cosines * field[::-1]).sum() / cosines.sum()
    assert abs(upside_down - expected) > 0.5


def test_few_cells_and_another_variable_are_refused():
    with pytest.raises(NotData, match="of the usual 560 cells"):
        coraltemp.parse(fields(*JULY, np.where(LATITUDES[:, None] > 40, 15.0, np.nan)), ROW)
    with pytest.raises(SchemaChanged, match="CRW_SST"):
        coraltemp.parse(fields(*JULY).replace(b"CRW_SST", b"CRW_DHW"), ROW)


def test_the_two_products_are_no_independent_witnesses():
    rows = [catalogue().series[name] for name in ("caspian-sst-oisst", "caspian-sst-coraltemp")]
    assert len({row.independence_group for row in rows}) == 1
