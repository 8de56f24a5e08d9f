"""Writes the Climate Data Store's answers, and lake files as NetCDF-3 and as a table: none was recorded."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
import xarray as xr

from loaders.sources.cds import ERROR, HEIGHT

Point = tuple[str, float, float]
JOB = "6d7d5d43-2f2b-4f8a-9d6c-0f3c6c1f9a11"


def job(state: str, **more: str) -> bytes:
    links = [{"href": f"https://cds.climate.copernicus.eu/api/retrieve/v1/jobs/{JOB}", "rel": "monitor"}]
    found = {"processID": "satellite-lake-water-level", "type": "process", "jobID": JOB, "status": state}
    return json.dumps(found | {"links": links} | more).encode()


def result(address: str) -> bytes:
    value = {"type": "application/zip", "href": address, "file:checksum": "0", "file:size": 1}
    return json.dumps({"asset": {"value": value}}).encode()


def lake_file(
    points: Sequence[Point],
    *,
    latitude: float = 41.9,
    longitude: float = 50.4,
    units: str = "m",
    time_units: str = "days since 1950-01-01 00:00:00",
) -> bytes:
    days = np.array([point[0] for point in points], dtype="datetime64[D]") - np.datetime64("1950-01-01")
    given = {"units": units, "_FillValue": np.float32(9999.0), "long_name": "height above EGM2008 geoid"}
    dataset = xr.Dataset(
        {
            HEIGHT: ("time", np.array([point[1] for point in points], dtype="float32"), given),
            ERROR: (
                "time",
                np.array([point[2] for point in points], dtype="float32"),
                {"units": units, "_FillValue": np.float32(9999.0)},
            ),
            "lat": ((), np.float64(latitude), {"units": "degrees_north"}),
            "lon": ((), np.float64(longitude), {"units": "degrees_east"}),
        },
        coords={"time": ("time", days.astype("float64"), {"units": time_units})},
    )
    plain = {name: {"_FillValue": None} for name in ("time", "lat", "lon")}
    return bytes(dataset.to_netcdf(engine="scipy", format="NETCDF3_CLASSIC", encoding=plain))


def table(points: Sequence[Point], *, latitude: float = 41.9, longitude: float = 50.4) -> bytes:
    rows = [f"{day}T00:00:00,{latitude},{longitude},{height},{error}" for day, height, error in points]
    return ("\n".join([f"time,lat,lon,{HEIGHT},{ERROR}", *rows]) + "\n").encode()


def packed(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()
