"""A cache with the ground of the Caspian in it, filled by a refresh from a server on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import loaders
from loaders import Selection
from tests.loopback import reply, serve
from tests.payloads import caspian_ground

FIELDS = ("caspian-hypsometry-etopo", "caspian-ground-etopo")


@contextmanager
def refreshed(cache: Path, step: float = 1 / 15) -> Iterator[loaders.RefreshReport]:
    """Inside, the cache folder holds the Caspian's fields; the step of the grid is in degrees."""
    body = caspian_ground.body(step)
    before = {name: os.environ.get(name) for name in ("TWO_SEAS_CACHE", "TWO_SEAS_ETOPO_URL")}
    with serve([reply(body, Content_Type="application/x-netcdf")]) as server:
        os.environ |= {"TWO_SEAS_CACHE": str(cache), "TWO_SEAS_ETOPO_URL": server.url}
        try:
            yield loaders.refresh(Selection(sources=("etopo",), seas=("caspian",)))
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
