"""A cache with the ground of a sea in it, filled by a refresh from a server on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import loaders
from loaders import Selection
from tests.loopback import reply, serve
from tests.payloads import aral_ground, caspian_ground

FIELDS = {
    "caspian": ("caspian-hypsometry-etopo", "caspian-ground-etopo"),
    "aral": ("aral-ground-etopo",),
}
BODIES = {"caspian": caspian_ground.body, "aral": aral_ground.body}


@contextmanager
def refreshed(
    cache: Path, step: float = 1 / 15, seas: tuple[str, ...] = ("caspian",)
) -> Iterator[loaders.RefreshReport]:
    """Inside, the cache folder holds the fields of the seas; the step of the grids is in degrees."""
    replies = [reply(make(step), Content_Type="application/x-netcdf") for sea, make in BODIES.items()
               if sea in seas]  # fmt: skip
    before = {name: os.environ.get(name) for name in ("TWO_SEAS_CACHE", "TWO_SEAS_ETOPO_URL")}
    with serve(replies) as server:
        os.environ |= {"TWO_SEAS_CACHE": str(cache), "TWO_SEAS_ETOPO_URL": server.url}
        try:
            yield loaders.refresh(Selection(sources=("etopo",), seas=seas))
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
