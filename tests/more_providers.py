"""Three more providers beside those of ``providers``: a grid, a table of commas, and orders with a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import numpy as np
from werkzeug import Request

from tests.payloads import cds, chlorophyll, gcb
from tests.providers import COUNTRIES, TODAY, Providers

Change = Callable[[bytes], bytes]
NEWEST = TODAY.replace(day=1) - timedelta(days=40)
MONTHS = [str(np.datetime64(NEWEST, "M") - back) for back in (2, 1, 0)]
# Name of the store: mid-point and heights in metres.
LAKES = {
    "caspian": (41.9, 50.4, [-26.401, -27.1, -28.239]),
    "kara-bogaz-gol": (41.3, 53.5, [-26.9, -27.4, -28.3]),
}
DAYS = ["1992-09-28", "2010-07-12", "2023-07-22"]


def add(served: Providers, monkeypatch, base: str) -> None:
    """Serve chlorophyll, gcb and cds too, and name them in the environment; ``base`` is the server."""
    genuine = served.body

    def body(request: Request) -> tuple[bytes, str]:
        if request.path.startswith("/chl"):
            values = [0.5 + 0.1 * place for place in range(len(MONTHS))]
            return chlorophyll.fields(MONTHS, values), "application/x-netcdf"
        if request.path.startswith("/gcb"):
            return carbon(), "text/csv"
        if request.path.startswith("/cds"):
            return _ordered(request, base)
        return genuine(request)

    monkeypatch.setattr(served, "body", body)
    for source, path in (("CHLOROPHYLL", "chl"), ("GCB", "gcb"), ("CDS", "cds")):
        monkeypatch.setenv(f"TWO_SEAS_{source}_URL", f"{base}/{path}")


def edit(served: Providers, monkeypatch, start: str, change: Change) -> None:
    """From now on ``change`` is made to every answer whose path begins so."""
    genuine = served.body

    def body(request: Request) -> tuple[bytes, str]:
        raw, kind = genuine(request)
        return (change(raw) if request.path.startswith(start) else raw), kind

    monkeypatch.setattr(served, "body", body)


def carbon() -> bytes:
    return gcb.table({code: {year: 100.0 + year - 2015 for year in range(2015, 2025)} for code in COUNTRIES})


def lake_archive(lake: str) -> bytes:
    latitude, longitude, heights = LAKES[lake]
    points = [(day, height, 0.05) for day, height in zip(DAYS, heights, strict=True)]
    return cds.packed("lake.nc", cds.lake_file(points, latitude=latitude, longitude=longitude))


def _ordered(request: Request, base: str) -> tuple[bytes, str]:
    """An order is done at once; its number holds the lake's name."""
    kind = "application/json"
    if request.method == "POST":
        (lake,) = json.loads(request.get_data())["inputs"]["lake"]
        return cds.job("successful", jobID="order-" + lake.replace("_", "-")), kind
    if request.path.endswith("/results"):
        lake = request.path.split("/")[-2].removeprefix("order-")
        return cds.result(f"{base}/cds/file/{lake}"), kind
    return lake_archive(request.path.rsplit("/", 1)[-1]), "application/zip"
