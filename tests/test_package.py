"""The zip a reader takes away: the same bytes every time, every series whole, the terms beside them."""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np
import pandas as pd
from scipy.io import netcdf_file

from dashboard.export import package
from dashboard.filters import Selection
from tests.shots import baseline

NAMES = ("caspian-level-dahiti", "north-aral-area-unesco")
CHOICE = Selection(sea="aral", start="2010-01")
LINK = "http://127.0.0.1:8501/data?sea=both"


def archive(names=NAMES, selection=CHOICE, link=LINK) -> bytes:
    data = [baseline().series[name] for name in names]
    return package.archive(data, baseline(), selection, newest="May 2026", year="2026", link=link)


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def test_same_state_gives_the_same_bytes(monkeypatch):
    first = hashlib.sha256(archive()).hexdigest()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("sys.platform", "win32")
    assert hashlib.sha256(archive()).hexdigest() == first
    assert hashlib.sha256(archive(link=LINK + "&view=rate")).hexdigest() != first


def test_files_stand_in_order():
    assert list(opened(archive())) == [
        "README.txt",
        "citations.bib",
        "series/caspian-level-dahiti.nc",
        "series/north-aral-area-unesco.nc",
        "two-seas.csv",
    ]


def test_table_leaves_out_what_the_netcdf_flags():
    files = opened(archive())
    table = pd.read_csv(io.BytesIO(files["two-seas.csv"]), comment="#")
    days = set(table.loc[table["series_id"] == "caspian-level-dahiti", "time"].str[:10])
    assert "2000-01-27" not in days  # the one value that the rules fail
    with netcdf_file(io.BytesIO(files["series/caspian-level-dahiti.nc"]), mmap=False) as found:
        seconds = found.variables["time"][:]
        flags = dict(
            zip((seconds // 86400).astype(int).tolist(), found.variables["qc"][:].tolist(), strict=True)
        )
        assert flags[int(np.datetime64("2000-01-27", "D").astype(int))] == 4
        assert len(flags) == len(days) + sum(flag in (4, 9) for flag in flags.values())


def test_readme_carries_the_terms_of_every_series():
    said = opened(archive())["README.txt"].decode()
    for name in NAMES:
        row, attrs = baseline().catalogue.series[name], baseline().series[name].attrs
        for words in (row.title, name, attrs["licence"], attrs["citation"], attrs["caveat"], attrs["source"]):
            assert words in said
    assert baseline().catalogue.datums["dahiti-2023"].words in said
    assert "Filters: sea = aral; from = 2010-01" in said
    assert LINK in said
    assert baseline().cache_id in said
    assert "2026" in said
