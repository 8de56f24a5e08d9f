"""NASA Global Water Monitor: one text file of radar heights per lake, about 50 header lines, then rows.

Columns are found by their description in the header. Height above EGM2008 minus height against the
reference pass is one number in a whole file, and the header states it: every row proves the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import xarray as xr

from loaders.errors import BadFormat, NotData, SchemaChanged, Truncated
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from loaders.transport.question import Held, Request

LABEL = "Target database id"
COLUMNS = {
    "mission": re.compile("satellite mission", re.IGNORECASE),
    "date": re.compile("year/month/day", re.IGNORECASE),
    "relative": re.compile("^target height variation with respect", re.IGNORECASE),
    "error": re.compile("^estimated error", re.IGNORECASE),
    "height": re.compile("EGM2008", re.IGNORECASE),
}
DESCRIBED = re.compile(r"Column (\d+): *(.+)")
FACTOR = re.compile(r"EGM2008\s*=\s*(-?\d+\.?\d*)\s*m\b")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
DATE = re.compile(r"\d{8}")
NO_DATE = "99999999"
NO_RELATIVE, NO_ERROR, NO_HEIGHT = 999.99, 99.999, 9999.99
# Each of the three numbers is rounded to a centimetre.
FACTOR_TOLERANCE = 0.0101
LARGEST_ERROR = 0.5
BAD_SHARE = 0.01
FIRST_YEAR = 1985  # no radar altimeter measured lakes before
KNOWN_MISSIONS = ("TOPEX", "POSDN", "JASN1", "JASN2", "JASN3")
# Longitudes of the two parts of the South Aral; between them the old strait is dry.
BASINS = {"south-aral-west": (58.2, 58.8), "south-aral-east": (59.3, 60.6)}
EAST_CAVEAT = "The east basin fell dry in 2014: later heights may be those of its bed."


@dataclass(frozen=True)
class Header:
    version: str
    lake_id: int
    latitude: float
    longitude: float
    factor: float
    columns: dict[str, int]
    width: int


@dataclass(frozen=True)
class Pass:
    """One row of the file: day, mission, heights and error in metres, NaN where the file says missing."""

    day: np.datetime64
    mission: str
    relative: float
    error: float
    height: float


def requests(rows: Sequence[Series], *, today: date, held: Mapping[str, Held]) -> list[Request]:
    """One file per lake; it always holds the whole history."""
    return [Request(f"timeseries/lake{row.provider['lake_id']:06d}.10d.2.txt", (row.id,)) for row in rows]


def probe(rows: Sequence[Series], *, today: date) -> Request:
    """The first lake's file: there is no smaller answer."""
    return requests(rows[:1], today=today, held={})[0]


def parse(raw: bytes, row: Series) -> xr.Dataset:
    """``value(time)`` in metres above EGM2008 at 00:00 of the day, with ``uncertainty``, ``mission``, ``qc``.

    A pass without height stays as NaN. Of two missions on one day the newer stands last. ``basin`` is set
    for the South Aral. Raises NotData, Truncated, BadFormat or SchemaChanged.
    """
    lines = _lines(raw)
    header = _header(lines)
    _require_target(header, row)
    passes = _passes([line for line in lines if not _is_header(line)], header)
    heights = np.array([item.height for item in passes])
    apart = np.abs(heights - np.array([item.relative for item in passes]) - header.factor) > FACTOR_TOLERANCE
    if apart.sum() > BAD_SHARE * np.isfinite(heights).sum():
        raise SchemaChanged(f"heights do not stand {header.factor} m above the reference pass as stated")
    return _dataset(passes, apart, header, row)


def _lines(raw: bytes) -> list[str]:
    """The lines that were sent whole: a last one without its end may be cut inside a number."""
    if not raw.strip():
        raise NotData("empty file")
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("ascii")
    except UnicodeDecodeError:
        raise BadFormat("not the plain text of this provider") from None
    if "\0" in text:
        raise BadFormat("not the plain text of this provider")
    return text.replace("\r\n", "\n").split("\n")[:-1]


def _is_header(line: str) -> bool:
    return not line.strip() or line.split()[0] in ("c", "Column") or " : " in line


def _header(lines: list[str]) -> Header:
    stated = {label.strip(): value.strip() for value, _, label in (line.partition(" : ") for line in lines)}

    def value(label: str) -> str:
        return next((text for key, text in stated.items() if label in key), "")

    if not value(LABEL):
        raise NotData(f"no line {LABEL!r}: not a lake file")
    described = {int(found[1]): found[2] for line in lines if (found := DESCRIBED.match(line))}
    columns: dict[str, int] = {}
    for name, words in COLUMNS.items():
        numbers = [number for number, text in described.items() if words.search(text)]
        if not numbers:
            raise SchemaChanged(f"no column described as {words.pattern.lstrip('^')!r}")
        columns[name] = numbers[0] - 1
    factor = next((found for line in lines if line.startswith("c") and (found := FACTOR.search(line))), None)
    place = value("Latitude and longitude").split()
    if not factor or len(place) != 2:
        raise SchemaChanged("no EGM2008 conversion factor or no mid-point in the header")
    try:
        latitude, longitude, lake_id = float(place[0]), float(place[1]), int(value(LABEL).split()[0])
    except ValueError:
        raise SchemaChanged("mid-point or lake id in the header is no number") from None
    longitude = longitude - 360 if longitude > 180 else longitude
    version = value("Data Processing Version")
    return Header(version, lake_id, latitude, longitude, float(factor[1]), columns, max(described))


def _require_target(header: Header, row: Series) -> None:
    box = {side: float(row.provider[side]) for side in ("south", "north", "west", "east")}
    if header.lake_id != row.provider["lake_id"]:
        raise SchemaChanged(f"the file is of lake {header.lake_id}, not {row.provider['lake_id']}")
    inside = (
        box["south"] <= header.latitude <= box["north"] and box["west"] <= header.longitude <= box["east"]
    )
    if not inside:
        where = f"{header.latitude} N {header.longitude} E"
        raise SchemaChanged(f"the track's mid-point {where} is not in the {row.place} box")


def _passes(lines: list[str], header: Header) -> list[Pass]:
    """The dated rows by day; on one day those with a height last, and of these the newer mission's."""
    rows = [line.split() for line in lines]
    whole = [tokens for tokens in rows if _is_whole(tokens, header)]
    if len(rows) - len(whole) > 1:
        if all(len(tokens) == header.width for tokens in rows):
            raise BadFormat(f"{len(rows) - len(whole)} rows hold words where numbers should be")
        raise Truncated(f"{len(rows) - len(whole)} rows have not the {header.width} columns of the header")
    dated = [tokens for tokens in whole if tokens[header.columns["date"]] != NO_DATE]
    passes = [item for tokens in dated if (item := _pass(tokens, header))]
    if len(dated) - len(passes) > BAD_SHARE * len(dated):
        raise BadFormat(f"{len(dated) - len(passes)} rows have a date that cannot be")
    if not any(np.isfinite(item.height) for item in passes):
        raise NotData("a header without a single height")
    begun: dict[str, np.datetime64] = {}
    for item in passes:
        begun[item.mission] = min(item.day, begun.get(item.mission, item.day))
    return sorted(passes, key=lambda item: (item.day, np.isfinite(item.height), begun[item.mission]))


def _is_whole(tokens: list[str], header: Header) -> bool:
    if len(tokens) != header.width or not DATE.fullmatch(tokens[header.columns["date"]]):
        return False
    return all(NUMBER.fullmatch(tokens[header.columns[name]]) for name in ("relative", "error", "height"))


def _pass(tokens: list[str], header: Header) -> Pass | None:
    """One row, or None where its date cannot be."""
    text = {name: tokens[index] for name, index in header.columns.items()}
    try:
        day = datetime.strptime(text["date"], "%Y%m%d")
    except ValueError:
        return None
    if day.year < FIRST_YEAR:
        return None
    relative, error, height = (float(text[name]) for name in ("relative", "error", "height"))
    if relative == NO_RELATIVE or height == NO_HEIGHT:
        relative = height = np.nan
    return Pass(
        np.datetime64(day, "D"), text["mission"], relative, np.nan if error == NO_ERROR else error, height
    )


def _dataset(passes: list[Pass], apart: np.ndarray, header: Header, row: Series) -> xr.Dataset:
    times = np.array([item.day for item in passes], dtype="datetime64[ns]")
    heights = np.array([item.height for item in passes])
    errors = np.array([item.error for item in passes])
    basin = _basin(header) if row.place == "south-aral" else None
    doubtful = errors > LARGEST_ERROR
    flags = np.where(doubtful, Flag.SUSPECT, Flag.PASS)
    flags = np.where(apart, Flag.FAIL, flags)
    flags = np.where(np.isnan(heights), Flag.MISSING, flags).astype("int8")
    codes, meanings = _missions(passes)
    attributes = {
        "provider_version": header.version,
        "datum_note": f"EGM2008 along one pass; {header.factor:+.2f} m against the provider's reference pass",
        "basin": basin,
        "caveat": EAST_CAVEAT if basin == "south-aral-east" else None,
    }
    return xr.Dataset(
        {
            "value": ("time", heights, {"units": "m"}),
            "uncertainty": ("time", np.where(np.isnan(heights), np.nan, errors), {"units": "m"}),
            "mission": ("time", codes, meanings),
            "qc": ("time", flags),
        },
        coords={"time": times},
        attrs={key: text for key, text in attributes.items() if text},
    )


def _missions(passes: list[Pass]) -> tuple[np.ndarray, dict]:
    """Codes that never change their meaning; labels not yet known come after, in the order they began."""
    later = dict.fromkeys(item.mission for item in passes if item.mission not in KNOWN_MISSIONS)
    names = [*KNOWN_MISSIONS, *later]
    codes = np.array([names.index(item.mission) + 1 for item in passes], dtype="int8")
    values = np.arange(1, len(names) + 1, dtype="int8")
    return codes, {"long_name": "satellite mission", "flag_values": values, "flag_meanings": " ".join(names)}


def _basin(header: Header) -> str | None:
    return next((key for key, (west, east) in BASINS.items() if west <= header.longitude <= east), None)
