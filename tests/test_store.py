"""The cache survives damage, kills, full disks and company; nothing is true before the manifest says so."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.io import netcdf_file

from loaders.cache import files, location, store
from loaders.dataset.netcdf import decode, encode, freeze
from loaders.environment import settings
from loaders.errors import CacheBusy, CacheCorrupt, CacheUnwritable, NoData

ROOT = Path(__file__).parents[1]
ENTRY = {
    "retrieved_at": "2026-11-01T00:00:00Z",
    "payload_sha256": "p",
    "first": "2026-01-01",
    "newest": "2026-01-01",
    "points": 1,
    "history": ["one", "two"],
}


def dataset(*values: float, note: str = "") -> xr.Dataset:
    times = np.datetime64("2026-01-01", "ns") + np.arange(len(values)) * np.timedelta64(10, "D")
    return xr.Dataset(
        {
            "value": ("time", np.array(values, dtype="float64"), {"units": "m"}),
            "qc": ("time", np.ones(len(values), dtype="int8")),
            "note": ("time", np.array([note] * len(values), dtype=str)),
        },
        coords={"time": times},
        attrs={"series_id": "a-level", "title": "Уровень"},
    )


def put(**series: xr.Dataset) -> dict[str, str]:
    """One committed generation; gives the hash of each series."""
    with store.locked():
        hashes = {name: store.put_series(encode(found)) for name, found in series.items()}
        store.commit({name: ENTRY | {"sha256": sha256} for name, sha256 in hashes.items()}, {})
    return hashes


def series_file(sha256: str) -> Path:
    return location.folder() / "series" / f"{sha256}.nc"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))


# ---- the file format --------------------------------------------------------------------------------------


def test_bytes_are_netcdf_classic_and_read_by_another_library():
    made = dataset(-26.5, np.nan)
    made["time"] = np.array(["1850-01-01", "2026-01-01T13:45:10"], dtype="datetime64[ns]")
    data = encode(made)
    assert data[:4] == b"CDF\x02"
    with netcdf_file(io.BytesIO(data), mmap=False) as read:
        assert read.variables["time"].units == b"seconds since 1970-01-01"
        # 120 years with 29 leap days before 1970; 56 years with 14 leap days after, and 13:45:10.
        expected = [-(120 * 365 + 29) * 86_400, (56 * 365 + 14) * 86_400 + 49_510]
        assert read.variables["time"][:].tolist() == expected
        assert read.variables["value"][0] == -26.5
        assert read.variables["value"].units == b"m"


def test_what_is_written_comes_back_and_gives_the_same_bytes():
    made = dataset(-26.5, np.nan, note="Ж=1")
    made["mission"] = ("time", np.array([1, 2], dtype="int8"), {"flag_values": np.array([1, 2], "int8")})
    back = decode(encode(made))
    assert back.identical(made)
    assert back["note"].dtype.kind == "U"
    assert encode(back) == encode(made)


def test_frozen_arrays_refuse_to_be_written_to():
    frozen = freeze(dataset(1.0, 2.0))
    for name in ("value", "qc", "note", "time"):
        with pytest.raises(ValueError, match="read-only"):
            frozen[name].values[0] = frozen[name].values[1]


# ---- generations ------------------------------------------------------------------------------------------


@pytest.mark.fault("D03")
def test_nothing_is_true_before_the_commit():
    with store.locked():
        sha256 = store.put_series(encode(dataset(1.0)))
        assert store.entries() == {}
        with pytest.raises(NoData):
            store.read("a")
        store.commit({"a": ENTRY | {"sha256": sha256}}, {})
    read = store.read("a")
    assert read["value"].values.tolist() == [1.0]
    assert read.attrs["retrieved_at"] == "2026-11-01T00:00:00Z"
    assert read.attrs["history"] == "one\ntwo"
    assert read.attrs["origin"] == "live"


def test_a_commit_of_the_same_changes_nothing_and_another_moves_the_fingerprint():
    put(a=dataset(1.0))
    before, stamp = store.fingerprint(), (location.folder() / "manifest.json").read_bytes()
    put(a=dataset(1.0))
    assert store.fingerprint() == before
    assert (location.folder() / "manifest.json").read_bytes() == stamp
    put(a=dataset(2.0))
    assert store.fingerprint() != before


@pytest.mark.fault("D05")
def test_a_damaged_file_is_set_aside_and_the_generation_before_is_read():
    old, new = put(a=dataset(1.0)), put(a=dataset(2.0))
    flip(series_file(new["a"]))
    assert store.read("a")["value"].values.tolist() == [1.0]
    assert series_file(new["a"]).with_name(f"{new['a']}.nc.bad").is_file()
    assert store.entries()["a"]["sha256"] == old["a"]
    flip(series_file(old["a"]))
    with pytest.raises(CacheCorrupt):
        store.read("a")


@pytest.mark.fault("D05", "D07")
@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"[1]", b'{"schema": 1, "series": 7}', None])
def test_a_damaged_or_lost_manifest_gives_the_generation_before(content):
    put(a=dataset(1.0))
    put(a=dataset(2.0))
    path = location.folder() / "manifest.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert store.read("a")["value"].values.tolist() == [1.0]
    put(a=dataset(3.0))
    assert store.read("a")["value"].values.tolist() == [3.0]


@pytest.mark.fault("D05")
@pytest.mark.parametrize("content", ['{"a": 1}', '{"a": {}}', '[{"sha256": "x"}]', '{"a": {"sha256": "aa"}}'])
def test_entries_that_are_not_whole_are_left_out(content):
    put(b=dataset(1.0))
    path = location.folder() / "manifest.json"
    known = json.loads(path.read_text())
    known["raw"] = {"gwm": json.loads(content)}
    known["series"] = json.loads(content)
    path.write_text(json.dumps(known))
    (location.folder() / "attempts.json").write_text(f'{{"series": {content}, "sources": [1]}}')
    assert store.entries() == {}
    assert not any(store.raw_entries().values())
    assert all(isinstance(found, dict) for found in store.attempts()["series"].values())
    assert store.attempts()["sources"] == {}


@pytest.mark.fault("D05")
def test_a_cut_or_foreign_series_file_is_never_opened():
    for content in (b"", b"<html>", encode(dataset(5.0))[:-8], encode(dataset(5.0))):
        sha256 = put(a=dataset(1.0))["a"]
        series_file(sha256).write_bytes(content)
        with pytest.raises(CacheCorrupt):
            store.read("a")


@pytest.mark.fault("D12")
def test_a_manifest_cannot_name_files_elsewhere(tmp_path):
    put(a=dataset(1.0))
    outside = tmp_path / "secret.nc"
    outside.write_bytes(encode(dataset(9.0)))
    path = location.folder() / "manifest.json"
    content = json.loads(path.read_text())
    content["series"]["a"]["sha256"] = f"../../{outside.parent.name}/secret"
    path.write_text(json.dumps(content))
    assert store.entries() == {}


@pytest.mark.fault("D06")
def test_a_newer_layout_is_neither_read_nor_written_over():
    put(a=dataset(1.0))
    path = location.folder() / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 2}))
    before = path.read_bytes()
    with pytest.raises(CacheUnwritable, match="newer version"):
        put(a=dataset(2.0))
    assert path.read_bytes() == before
    assert store.entries() == {}


@pytest.mark.fault("D08")
def test_sweeping_keeps_two_generations_and_what_is_not_ours():
    first, second = put(a=dataset(1.0)), put(a=dataset(2.0))
    home = location.folder()
    (home / "notes.txt").write_text("mine")
    (home / "series" / "mine.nc").write_text("mine")
    fresh, stale = home / "series" / ".two-seas-part-1", home / ".two-seas-part-2"
    for path in (fresh, stale):
        path.write_text("half")
    os.utime(stale, (time.time() - 7200, time.time() - 7200))
    third = put(a=dataset(3.0))
    assert not series_file(first["a"]).exists()
    assert series_file(second["a"]).exists()
    assert series_file(third["a"]).exists()
    assert (home / "notes.txt").exists()
    assert (home / "series" / "mine.nc").exists()
    assert fresh.exists()
    assert not stale.exists()


@pytest.mark.fault("C04")
@pytest.mark.parametrize("ask", [store.entry, lambda name: store.entries()[name]])
@pytest.mark.parametrize("commits", [2, 3, 7])
def test_a_reader_slower_than_two_commits_reads_the_newest(monkeypatch, commits, ask):
    """What its manifest names is swept before it is opened: it is late, and nothing is damaged."""
    put(a=dataset(1.0))
    at_once = store._manifest

    def slowly(name: str) -> dict:
        found = at_once(name)
        monkeypatch.setattr(store, "_manifest", at_once)
        for value in range(commits):
            put(a=dataset(2.0 + value))
        return found

    monkeypatch.setattr(store, "_manifest", slowly)
    newest = encode(dataset(1.0 + commits))
    assert ask("a")["sha256"] == hashlib.sha256(newest).hexdigest()
    assert decode(newest)["value"] == store.read("a")["value"]


@pytest.mark.fault("D05")
def test_raw_answers_come_back_whole_or_not_at_all():
    with store.locked():
        sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of b"hello"
        store.put_raw("gwm", b"hello", {"sha256": sha256, "url": "https://example.org/x"})
    assert store.read_raw("gwm", sha256) == b"hello"
    path = location.folder() / "raw" / "gwm" / f"{sha256}.gz"
    assert json.loads(path.with_suffix(".json").read_text())["url"] == "https://example.org/x"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:4], b"", gzip.compress(b"hellp")):
        path.write_bytes(damaged)
        with pytest.raises(CacheCorrupt):
            store.read_raw("gwm", sha256)


# ---- the folder -------------------------------------------------------------------------------------------


def test_folder_is_private():
    sha256 = put(a=dataset(1.0))["a"]
    for path in (location.folder() / "series", location.folder() / "manifest.json", series_file(sha256)):
        assert path.stat().st_mode & 0o077 == 0


def test_folder_is_named_by_the_setting_else_lies_in_the_checkout(monkeypatch, tmp_path):
    monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path / "here"))
    assert location.folder() == tmp_path / "here"
    monkeypatch.delenv("TWO_SEAS_CACHE")
    assert location.folder() == ROOT / "data_cache" / "live"
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert location.folder().is_relative_to(tmp_path / "data") or sys.platform != "linux"


@pytest.mark.fault("D02", "D11")
def test_a_folder_that_is_a_file_or_a_link_is_refused_by_name(monkeypatch, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("file", "link", "file/below"):
        monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path / name))
        with pytest.raises(CacheUnwritable, match="TWO_SEAS_CACHE") as caught:
            put(a=dataset(1.0))
        assert name.split("/")[0] in str(caught.value)
        assert store.entries() == {}


@pytest.mark.fault("D11")
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away"
)
def test_a_folder_of_another_user_is_refused():
    put(a=dataset(1.0))
    os.chown(location.folder(), 12345, 12345)
    with pytest.raises(CacheUnwritable, match="another user"):
        put(a=dataset(2.0))
    with pytest.raises(NoData):
        store.read("a")


@pytest.mark.fault("D11")
def test_a_linked_series_file_is_not_followed(tmp_path):
    sha256 = put(a=dataset(1.0))["a"]
    copy = tmp_path / "copy.nc"
    copy.write_bytes(series_file(sha256).read_bytes())
    series_file(sha256).unlink()
    series_file(sha256).symlink_to(copy)
    with pytest.raises(CacheCorrupt):
        store.read("a")


@pytest.mark.fault("D01")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file size")
def test_a_full_disk_leaves_the_old_file_and_no_temporary_one():
    put(a=dataset(1.0))
    code = (
        "import resource, numpy as np\n"
        "from loaders.errors import CacheUnwritable\n"
        "from tests.test_store import dataset, put\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try:\n    put(a=dataset(*np.arange(1000.0)))\n"
        "except CacheUnwritable as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cache: cannot write")
    assert "TWO_SEAS_CACHE" in done.stdout
    assert store.read("a")["value"].values.tolist() == [1.0]
    assert not list(location.folder().rglob(".two-seas-part-*"))


# ---- company ----------------------------------------------------------------------------------------------

HOLD = (
    "import time\nfrom loaders.cache import store\n"
    "with store.locked():\n    print('held', flush=True)\n    time.sleep(60)\n"
)


def child(code: str) -> subprocess.Popen:
    started = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout
    started.stdout.readline()
    return started


@pytest.mark.fault("C01", "C02")
def test_a_second_writer_is_told_who_is_first_and_a_killed_one_frees_the_lock():
    holder = child(HOLD)
    try:
        with (
            pytest.raises(CacheBusy, match=rf"refresh running since 20..-.*Z, pid {holder.pid}"),
            store.locked(0.1),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()
    with store.locked(0.1):
        pass


@pytest.mark.fault("C01")
def test_threads_of_one_process_exclude_each_other():
    with store.locked(), pytest.raises(CacheBusy), store.locked(0.1):
        pass


@pytest.mark.fault("D09", "D10")
def test_writing_a_file_never_touches_the_one_in_use(tmp_path):
    path = tmp_path / "file"
    files.write(path, b"old")
    with path.open("rb") as held:
        files.write(path, b"new")
        assert held.read() == b"old"
    assert path.read_bytes() == b"new"


def refuse_locks(monkeypatch, number: int) -> None:
    fcntl = pytest.importorskip("fcntl", reason="locks of this system are not flock's")

    def refused(*given):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refused)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSYS, "its file system knows no locks"),
        (errno.ENOTSUP, os.strerror(errno.ENOTSUP)),
        (errno.ENOLCK, os.strerror(errno.ENOLCK)),
    ],
)
def test_a_file_system_without_locks_is_one_line(monkeypatch, recwarn, number, why):
    """Neither a lock that keeps nobody out, nor a tale of another refresh."""
    refuse_locks(monkeypatch, number)
    with pytest.raises(CacheUnwritable, match=f"cannot lock .*{why}.*TWO_SEAS_CACHE"), store.locked(0.1):
        pass
    assert not recwarn
