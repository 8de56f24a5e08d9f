"""Every fault of a payload (P01 to P16) through the refresh command, with the five things it must keep.

Each is one edit of an answer that is true in every other respect. Whether the single parsers find damage
anywhere in their text is the matter of ``test_fuzz``.
"""

from __future__ import annotations

import io
import os
import pickle
import re
import stat
import zipfile

import numpy as np
import pytest

from loaders.formats import grid_file
from loaders.transport import http
from tests import golden_messages, more_providers
from tests.more_providers import MONTHS
from tests.payloads import cds, chlorophyll

HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(500)
PATHS = {"gwm": "/gwm", "world-bank": "/wb", "chlorophyll": "/chl", "gcb": "/gcb", "cds": "/cds/file"}


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)


@pytest.fixture
def spoilt(contract, httpserver, monkeypatch):
    """Good data are stored, then every answer of ``victim`` is changed."""

    def start(victim: str, change: more_providers.Change) -> None:
        more_providers.add(contract.served, monkeypatch, httpserver.url_for("").rstrip("/"))
        contract.begin(victim=victim, other="gwm" if victim == "world-bank" else "world-bank")
        more_providers.edit(contract.served, monkeypatch, PATHS[victim], change)

    return start


def swap(old: bytes, new: bytes) -> more_providers.Change:
    def change(raw: bytes) -> bytes:
        assert old in raw
        return raw.replace(old, new)

    return change


def rows_of(raw: bytes) -> tuple[list[bytes], list[bytes]]:
    """Header lines and rows of a lake file."""
    lines = raw.splitlines(keepends=True)
    return lines[:49], lines[49:]


def other_lake(raw: bytes) -> bytes:
    return re.sub(rb"\d{6} (?=[A-Z][\w -]*\(?\d?\)? *: Target database)", b"000999 ", raw, count=1)


def two_cut_rows(raw: bytes) -> bytes:
    head, rows = rows_of(raw)
    rows[3], rows[7] = rows[3][:40] + b"\n", rows[7][:40] + b"\n"
    return b"".join(head + rows)


def header_only(raw: bytes) -> bytes:
    return b"".join(rows_of(raw)[0])


def decimal_commas(raw: bytes) -> bytes:
    head, rows = rows_of(raw)
    return b"".join(head) + b"".join(rows).replace(b".", b",")


def impossible_days(raw: bytes) -> bytes:
    head, rows = rows_of(raw)
    for place, day in enumerate((b"20230229", b"20231301", b"20230200")):
        rows[place] = re.sub(rb" \d{8} ", b" " + day + b" ", rows[place])
    return b"".join(head + rows)


def without_lines(raw: bytes) -> bytes:
    return raw.split(b"\n", 1)[0] + b"\n"


def months(**changes) -> more_providers.Change:
    return lambda raw: chlorophyll.fields(MONTHS, [0.5, 0.6, 0.7], **changes)


def endless_dimension(raw: bytes) -> bytes:
    place = raw.index(b"longitude") + 12
    return raw[:place] + (2**31 - 1).to_bytes(4, "big") + raw[place + 4 :]


def same_bytes(raw: bytes) -> bytes:
    """All variables begin where the first of them does."""
    header = grid_file._Header(raw)
    first, *others = sorted(variable.begin for variable in header.variables)
    words = raw[: header.at]
    for begin in others:
        words = words.replace(begin.to_bytes(4, "big"), first.to_bytes(4, "big"))
    return words + raw[header.at :]


def flipped(raw: bytes) -> bytes:
    """One bit of the mark that begins the list of dimensions."""
    return raw[:11] + bytes([raw[11] ^ 1]) + raw[12:]


def hole(raw: bytes) -> bytes:
    return raw[:8] + bytes(1000) + raw[1008:]


def archive(name: str, data: bytes, mode: int = 0) -> more_providers.Change:
    def change(raw: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            item = zipfile.ZipInfo(name)
            item.compress_type, item.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            packed.writestr(item, data)
        return out.getvalue()

    return change


def constant(raw: bytes) -> more_providers.Change:
    return lambda answer: raw


def case(fault: str, victim: str, change: more_providers.Change, error: str, *words: str, name: str = ""):
    name = name or change.__name__
    return pytest.param(
        victim, change, error, words, marks=pytest.mark.fault(fault), id=f"{fault}-{victim}-{name}"
    )


VALUE = b'"value":10.0'
LINK = stat.S_IFLNK | 0o777
FAULTS = [
    case("P01", "gwm", other_lake, "SchemaChanged", "the file is of lake 999"),
    case("P02", "gwm", swap(b"EGM2008 datum", b"EGM2020 datum"), "SchemaChanged", "EGM2008", name="renamed"),
    case("P02", "gcb", swap(b",Total,", b",Sum,"), "SchemaChanged", "no column 'total'", name="renamed"),
    case("P03", "gwm", two_cut_rows, "Truncated", "2 rows have not the 16 columns"),
    case("P04", "gwm", header_only, "NotData", "without a single height"),
    case("P04", "gcb", without_lines, "NotData", "without rows"),
    case("P05", "gwm", lambda raw: raw.decode().encode("utf-16"), "BadFormat", "plain text", name="utf-16"),
    case("P05", "gwm", swap(b"JASN3", b"J\0SN3"), "BadFormat", "plain text", name="nul"),
    case("P05", "world-bank", swap(b"A name", b"\xe4 name"), "BadFormat", "not UTF-8", name="latin-1"),
    case("P06", "gwm", decimal_commas, "BadFormat", "words where numbers should be"),
    case("P06", "gcb", swap(b",", b";"), "BadFormat", "semicolons", name="semicolons"),
    case("P07", "gcb", swap(b",Total,", b",Total,Total,"), "BadFormat", "stands twice", name="column"),
    case("P07", "world-bank", swap(b'"page":1', b'"page":1,"page":1'), "BadFormat", "twice", name="key"),
    case("P07", "world-bank", swap(VALUE, b'"value":NaN'), "BadFormat", "JSON with NaN", name="nan"),
    case("P07", "world-bank", swap(VALUE, b'"value":Infinity'), "BadFormat", "Infinity", name="infinity"),
    case("P08", "world-bank", constant(b"[" * 100_000), "BadFormat", "nested", name="nested"),
    case("P08", "world-bank", swap(VALUE, b'"value":' + b"9" * 5000), "BadFormat", "too large", name="huge"),
    case("P08", "world-bank", swap(VALUE, b'"value":"10"'), "BadFormat", "no number", name="type"),
    case("P09", "gwm", impossible_days, "BadFormat", "3 rows have a date that cannot be"),
    case("P10", "chlorophyll", lambda raw: raw[:-1000], "BadFormat", "shorter than its header", name="cut"),
    case("P10", "chlorophyll", lambda raw: raw[:200], "BadFormat", "within its header", name="cut early"),
    case("P11", "chlorophyll", flipped, "BadFormat", "damaged header"),
    case("P11", "chlorophyll", hole, "SchemaChanged", "no variable"),
    case("P12", "chlorophyll", endless_dimension, "TooLarge", "declares"),
    case("P12", "chlorophyll", same_bytes, "BadFormat", "over one another"),
    case("P13", "chlorophyll", constant(HDF5), "UnsafeFile", "NetCDF-3 only", name="hdf5"),
    case("P13", "cds", constant(cds.packed("a.nc", HDF5)), "UnsafeFile", "NetCDF-3 only", name="packed"),
    case("P14", "chlorophyll", months(units=""), "SchemaChanged", "no unit", name="no unit"),
    case("P14", "chlorophyll", months(units="K"), "SchemaChanged", "'K'", name="other unit"),
    case("P14", "chlorophyll", months(time_units="months since 1970-01-01"), "SchemaChanged", "months since",
         name="months since"),
    case("P15", "cds", archive("../a.nc", b"x"), "UnsafeFile", "leads elsewhere", name="path"),
    case("P15", "cds", archive("a.nc", b"/etc/passwd", LINK), "UnsafeFile", "link", name="link"),
    case("P15", "cds", archive("a.nc", cds.packed("b.nc", b"x")), "UnsafeFile", "within", name="nested"),
    case("P15", "cds", archive("a.nc", bytes(101_000_000)), "TooLarge", "unpacks", name="bomb"),
]  # fmt: skip


@pytest.mark.parametrize(("victim", "change", "error", "words"), FAULTS)
def test_a_payload_fault_keeps_the_contract(contract, spoilt, request, victim, change, error, words):
    spoilt(victim, change)
    ran = contract.source_fails(*words, error=error)
    golden_messages.require(request.node.callspec.id, ran.err)


class Trap:
    """A pickle of this would make a folder when it is read."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.fault("P16")
@pytest.mark.parametrize("victim", PATHS)
@pytest.mark.parametrize("form", ["pickle", "npy"])
def test_p16_pickled_objects_are_refused_and_never_read(contract, spoilt, tmp_path, victim, form):
    trap = Trap(str(tmp_path / "sprung"))
    out = io.BytesIO()
    if form == "npy":
        np.save(out, np.array([trap], dtype=object), allow_pickle=True)
    raw = out.getvalue() or pickle.dumps(trap)
    spoilt(victim, constant(raw))
    contract.source_fails(error="BadFormat")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.fault("P05")
@pytest.mark.parametrize("victim", ["gwm", "gcb"])
def test_p05_a_byte_order_mark_and_windows_line_ends_change_nothing(contract, spoilt, victim):
    spoilt(victim, lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
    ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    assert f"{victim}: {5 if victim == 'gwm' else 8} unchanged" in ran.out


@pytest.mark.fault("P02")
def test_p02_a_column_more_in_another_order_changes_nothing(contract, spoilt):
    def moved(raw: bytes) -> bytes:
        rows = [line.split(",") for line in raw.decode().splitlines()]
        head = "colour" if rows else ""
        return (
            "\n".join(
                ",".join([head if place == 0 else "blue", *cells[::-1]]) for place, cells in enumerate(rows)
            ).encode()
            + b"\n"
        )

    spoilt("gcb", moved)
    ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    assert "gcb: 8 unchanged" in ran.out


@pytest.mark.fault("P03")
def test_p03_a_last_row_cut_inside_a_number_is_dropped(contract, spoilt):
    spoilt("gwm", lambda raw: raw[:-12])
    ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    assert "gwm: 5 updated (0 new, 0 changed, 5 removed" in ran.out


@pytest.mark.fault("P09")
def test_p09_a_fill_date_is_a_row_without_a_pass(contract, spoilt):
    def filled(raw: bytes) -> bytes:
        head, rows = rows_of(raw)
        return b"".join([*head, re.sub(rb" \d{8}  12 30 ", b" 99999999  99 99 ", rows[0]), *rows])

    spoilt("gwm", filled)
    ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    assert "gwm: 5 unchanged" in ran.out
