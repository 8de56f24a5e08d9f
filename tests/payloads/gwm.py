"""Writes lake files as the NASA Global Water Monitor serves them: 49 header lines, then 16 columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

COLUMNS = (
    "Satellite mission name",
    "Satellite repeat cycle",
    "Calendar year/month/day of along track observations traversing target",
    "Hour of day at mid point of along track pass traversing target",
    "Minutes of hour at mid point of along track pass traversing target",
    "Target height variation with respect to Jason-2 reference pass mean level (meters, default=999.99)",
    "Estimated error of target height variation with respect to reference mean level "
    "(meters, default=99.999)",
    "Mean along track Ku-band backscatter coefficient (decibels, default=999.99)",
    "Wet tropospheric correction applied to range observation (TMR=T/P radiometer, U/A=unavailable)",
    "Ionosphere correction applied to range observation (GIM=GPS model, U/A=unavailable)",
    "Dry tropospheric correction applied to range observation (ERA=ECMWF ERA Interim Reanalysis model)",
    "Instrument operating mode 1 (default=9)",
    "Instrument operating mode 2 (default=9)",
    "Flag for potential frozen surface (ice-on=1, ice-off or unknown=0)",
    "Target height variation in EGM2008 datum (meters above mean sea level, default=9999.99)",
    "Flag for data source (GDR=0, IGDR=1)",
)


@dataclass(frozen=True)
class Row:
    """One pass: no ``day`` writes the fill date, no ``relative`` height the fill heights."""

    day: date | None
    relative: float | None
    error: float = 0.042
    mission: str = "JASN3"
    cycle: int = 1


def lake_file(
    rows: Sequence[Row],
    *,
    lake_id: int = 270,
    name: str = "Caspian",
    latitude: float = 41.970,
    longitude: float = 50.385,
    factor: float = -26.58,
    version: str = "TPJOJS.2.5",
) -> bytes:
    """The whole file; heights above EGM2008 are ``relative + factor``, as the provider makes them."""
    lines = [*_head(lake_id, name, latitude, longitude, version), *_constants(factor)]
    lines += [f"Column {number}: {text}" for number, text in enumerate(COLUMNS, 1)]
    lines += [_row(row, factor) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _head(lake_id: int, name: str, latitude: float, longitude: float, version: str) -> list[str]:
    pairs = (
        (version, "Data Processing Version ID"),
        (f"{lake_id:06d} {name}", "Target database id number and name"),
        (f"{latitude:7.3f} {longitude:7.3f}", "Latitude and longitude (degrees East) of target mid-point"),
        (
            f"{latitude + 0.6:7.3f} {latitude - 0.6:7.3f}",
            "Latitude range of pass traversing target at which data is accepted",
        ),
        ("92      46", "Satellite pass and revolution number designation"),
        ("         1", "Reference pass derived from Jason-2 cycle #"),
        ("         0", "Reference pass tracker selection (ocean=0, ice=1)"),
        (" -0.20", "Jason-3 Bias (wrt Jason-2, in meters)"),
        (" -0.31", "Jason-1 Bias (wrt Jason-2, in meters)"),
        (" -0.41", "TOPEX/P Bias (wrt Jason-2, in meters)"),
    )
    return [f"{value:<27}: {label}" for value, label in pairs]


def _constants(factor: float) -> list[str]:
    texts = [
        "",
        "  Mean target height along the Reference Profile:",
        "    (i.e. geodetic height wrt Topex ellipsoid)",
        f"    mean  = {factor - 18.0:.2f} m  std  = 0.30 m",
        "",
        "",
        "  Shift from Topex ellipsoid to WGS84 ellipsoid:",
        "    mean  = 0.70 m",
        "",
        "",
        "  Geoid height along the Reference Profile:",
        "    EGM96    mean  = -17.90 m  std  = 0.59 m",
        "    EGM2008  mean  = -17.32 m  std  = 0.52 m",
        "    EIGEN6C4 mean  = -17.36 m  std  = 0.59 m",
        "",
        "",
        "  !! CONVERSION FACTORS !!",
        "    (to shift from satellite product datum to an orthometric/mean sea level datum)",
        "    (ADD this value to each elevation in the target product)",
        f"    EGM96     = {factor - 0.52:.2f} m  std  = 0.28 m",
        f"    EGM2008   = {factor:.2f} m  std  = 0.31 m",
        f"    EIGEN6C4  = {factor + 0.04:.2f} m  std  = 0.24 m",
        "",
    ]
    return [f"c {text}".ljust(90) for text in texts]


def _row(row: Row, factor: float) -> str:
    when = f"{row.day:%Y%m%d}  12 30" if row.day else "99999999  99 99"
    relative = 999.99 if row.relative is None else row.relative
    height = 9999.99 if row.relative is None else row.relative + factor
    error = 99.999 if row.relative is None else row.error
    return (
        f"{row.mission:<5} {row.cycle:3d} {when} {relative:7.2f} {error:6.3f}  13.86 "
        f"AMR GIM ECM 2 2 0 {height:8.2f}   0"
    )
