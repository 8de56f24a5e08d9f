"""Faults of the disk and the cache folder, seen from the command and the page."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import loaders
from dashboard.words.text import t
from loaders.cache import files, location, store
from loaders.errors import CatalogueError, UnknownSeries
from loaders.tables.schema import Place
from tests.loopback import reply, serve
from tests.test_store import refuse_locks

CASPIAN = "caspian-level-gwm"
GONE = reply(b"", "404 Not Found")
NOBODY = 65_534
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def newest_file() -> Path:
    """The stored file of the Caspian in the newest generation."""
    entries = json.loads((location.folder() / "manifest.json").read_text())["series"]
    return location.folder() / "series" / f"{entries[CASPIAN]['sha256']}.nc"


def second_generation(contract) -> tuple[float, float]:
    """Refresh once more with one value of the Caspian revised; the value before and after."""
    before = float(loaders.open_series(CASPIAN)["value"].values[5])
    contract.served.relative[270][5] += 0.02
    assert contract.refresh().code == 0
    contract.remember()
    return before, float(loaders.open_series(CASPIAN)["value"].values[5])


# ---- D01, D02: cannot be written --------------------------------------------------------------------------


@contextmanager
def small_disk(limit: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.fault("D01")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file size")
@pytest.mark.parametrize(
    "limit", [20, 400, 2_000, 6_000]
)  # the lock's note, a raw file, a series, the manifest
def test_a_full_disk_keeps_what_is_stored(contract, limit):
    contract.begin()
    contract.served.relative[270][5] += 0.02
    with small_disk(limit):
        contract.cache_fails("cannot write", "TWO_SEAS_CACHE")
    contract.recovers()


@pytest.mark.fault("D01")
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_is_full_at_the_last_moment_keeps_what_is_stored(contract, monkeypatch, step):
    contract.begin()
    contract.served.relative[270][5] += 0.02

    def full(*given):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files.os, step, full)
        contract.cache_fails("No space left on device", "TWO_SEAS_CACHE")
    contract.recovers()


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOTSUP])
def test_a_disk_without_locks_keeps_what_is_stored(contract, monkeypatch, number):
    contract.begin()
    contract.served.relative[270][5] += 0.02
    with monkeypatch.context() as patch:
        refuse_locks(patch, number)
        contract.cache_fails("cannot lock", "TWO_SEAS_CACHE")
    contract.recovers()


@contextmanager
def plain_user(folder: Path) -> Iterator[None]:
    """Rights count for nothing for root: become somebody else who owns ``folder``."""
    if not ROOT_USER:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(monkeypatch):
    """A cache in a folder that every user may enter."""
    home = Path(tempfile.mkdtemp(prefix="two-seas-"))
    home.chmod(0o755)
    monkeypatch.setenv("TWO_SEAS_CACHE", str(home / "live"))
    yield home / "live"
    shutil.rmtree(home)


@pytest.mark.fault("D02")
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs the rights of POSIX")
@pytest.mark.parametrize("part", ["", "series", "raw/world-bank"])
def test_a_read_only_cache_is_named_and_still_read(contract, open_folder, part):
    contract.begin()
    contract.data_page()
    contract.served.relative[270][5] += 0.02
    contract.other_moves()
    folder = open_folder / part
    with plain_user(open_folder):
        folder.chmod(0o500)
        contract.cache_fails(files.short(folder), "Permission denied", "TWO_SEAS_CACHE")
        assert loaders.open_series(CASPIAN).attrs["origin"] == "live"
        folder.chmod(0o700)
        contract.recovers()


@pytest.mark.fault("D02")
def test_a_cache_that_is_a_file_is_named_and_the_embedded_figures_are_read(contract, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path / "file"))
    contract.cache_fails("file", "TWO_SEAS_CACHE")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.fault("D02")
def test_a_missing_folder_is_made_for_one_user(contract, monkeypatch, tmp_path):
    monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path / "not" / "yet"))
    contract.begin()
    assert stat.S_IMODE((tmp_path / "not" / "yet").stat().st_mode) == 0o700


# ---- D04, D05, D07: damaged -------------------------------------------------------------------------------


def flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


DAMAGE = {
    "flipped": flipped,
    "cut": lambda data: data[:-100],
    "empty": lambda data: b"",
    "zeroed": lambda data: bytes(len(data)),
    "page": lambda data: b"<!DOCTYPE html><title>Maintenance</title>",
}


@pytest.mark.fault("D05", "D04")
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_series_gives_the_generation_before_while_its_source_is_gone(contract, monkeypatch, kind):
    contract.begin()
    before, _ = second_generation(contract)
    path = newest_file()
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert loaders.open_series(CASPIAN)["value"].values[5] == before
    assert path.with_name(path.name + ".bad").is_file()
    contract.remember()
    with serve([GONE]) as server, monkeypatch.context() as patch:
        patch.setenv("TWO_SEAS_GWM_URL", server.url)
        contract.source_fails("no longer exists", error="HttpStatus")
    assert loaders.open_series(CASPIAN)["value"].values[5] == before
    contract.recovers()


@pytest.mark.fault("D05")
def test_one_damaged_series_leaves_the_others_on_the_page(contract):
    contract.begin()
    path = newest_file()
    path.write_bytes(b"")
    shown = set(contract.data_page().dataframe[0].value[t("data.col_series")])
    assert CASPIAN not in shown
    assert {"north-aral-level-gwm", "caspian-level-dahiti"} <= shown


@pytest.mark.fault("D04")
@pytest.mark.parametrize("lost", [("manifest",), ("series",), ("manifest", "series"), ("attempts",)])
def test_names_without_bytes_after_a_power_cut_give_the_generation_before(contract, lost):
    contract.begin()
    before, after = second_generation(contract)
    paths = {
        "manifest": location.folder() / "manifest.json",
        "series": newest_file(),
        "attempts": location.folder() / "attempts.json",
    }
    for name in lost:
        os.truncate(paths[name], 0)
    expected = after if lost == ("attempts",) else before
    assert loaders.open_series(CASPIAN)["value"].values[5] == expected
    contract.data_page()
    contract.recovers()
    assert loaders.open_series(CASPIAN)["value"].values[5] == after


@pytest.mark.fault("D04")
def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(monkeypatch, tmp_path):
    done = []
    for name in ("fsync", "replace"):
        genuine = getattr(os, name)

        def spied(*given, name=name, genuine=genuine):
            is_folder = name == "fsync" and stat.S_ISDIR(os.fstat(given[0]).st_mode)
            done.append("folder" if is_folder else name)
            return genuine(*given)

        monkeypatch.setattr(files.os, name, spied)
    files.write(tmp_path / "x", b"data")
    assert done == ["fsync", "replace", "folder"]


@pytest.mark.fault("D07")
@pytest.mark.parametrize("missing", ["manifest", "data"])
def test_one_without_the_other_gives_the_generation_before(contract, missing):
    contract.begin()
    before, after = second_generation(contract)
    (location.folder() / "manifest.json" if missing == "manifest" else newest_file()).unlink()
    assert loaders.open_series(CASPIAN)["value"].values[5] == before
    contract.data_page()
    contract.recovers()
    assert loaders.open_series(CASPIAN)["value"].values[5] == after


@pytest.mark.fault("D07")
def test_files_without_any_manifest_are_not_read_and_fetched_anew(contract):
    contract.begin()
    for name in ("manifest.json", "manifest.previous.json"):
        (location.folder() / name).unlink(missing_ok=True)
    assert store.entries() == {}
    contract.data_page()
    contract.recovers()


# ---- D06: another layout ----------------------------------------------------------------------------------


def with_schema(number: object) -> None:
    path = location.folder() / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": number}))


@pytest.mark.fault("D06")
def test_a_cache_of_a_newer_release_is_left_alone(contract):
    contract.begin()
    with_schema(2)
    contract.cache_fails("newer version of Two Seas", "upgrade")
    assert contract.served.asked.count("/gwm/timeseries/lake000270.10d.2.txt") == 1


@pytest.mark.fault("D06")
@pytest.mark.parametrize("number", [0, None, "1"])
def test_a_cache_of_an_older_release_is_fetched_anew(contract, number):
    contract.begin()
    with_schema(number)
    assert store.entries() == {}
    ran = contract.refresh()
    assert (ran.code, ran.err) == (0, "")
    assert "gwm: 5 updated" in ran.out
    contract.recovers()


# ---- D08: left behind -------------------------------------------------------------------------------------


@pytest.mark.fault("D08")
def test_half_files_of_a_dead_refresh_are_swept_by_the_next(contract):
    contract.begin()
    home = location.folder()
    old = [home / part / ".two-seas-part-x" for part in ("", "series", "raw/gwm")]
    for path in old:
        path.write_bytes(b"half")
        os.utime(path, (1, 1))
    second_generation(contract)
    assert not [path for path in old if path.exists()]


# ---- D09, D10: in use -------------------------------------------------------------------------------------


@pytest.mark.fault("D09")
@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be cut there")
def test_a_file_cut_while_its_data_are_in_use_changes_nothing_in_memory(contract):
    contract.begin()
    held = loaders.open_series(CASPIAN)
    before = held["value"].values.copy()
    os.truncate(newest_file(), 0)
    assert np.array_equal(held["value"].values, before)
    assert held.load()["qc"].size == before.size


@pytest.mark.fault("D10")
@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_who_has_a_file_open_keeps_the_old_and_the_next_gets_the_new(contract):
    contract.begin()
    path = newest_file()
    with path.open("rb") as held, (location.folder() / "manifest.json").open("rb") as manifest:
        _, after = second_generation(contract)
        assert held.read() == path.read_bytes()
        assert json.loads(manifest.read())["series"][CASPIAN]["sha256"] in path.name
    assert newest_file() != path
    assert loaders.open_series(CASPIAN)["value"].values[5] == after


# ---- D11, D12: elsewhere ----------------------------------------------------------------------------------


@pytest.mark.fault("D11")
def test_a_cache_that_is_a_link_is_neither_read_nor_written(contract, monkeypatch, tmp_path):
    contract.begin()
    link = tmp_path / "link"
    link.symlink_to(location.folder())
    real = location.folder()
    before = sorted(path.name for path in real.rglob("*"))
    monkeypatch.setenv("TWO_SEAS_CACHE", str(link))
    contract.cache_fails("is a link", "TWO_SEAS_CACHE")
    assert sorted(path.name for path in real.rglob("*")) == before
    assert store.entries() == {}


@pytest.mark.fault("D11")
@pytest.mark.skipif(not ROOT_USER, reason="only root can give a folder away")
def test_a_cache_of_another_user_is_neither_read_nor_written(contract):
    contract.begin()
    os.chown(location.folder(), 12_345, 12_345)
    contract.cache_fails("belongs to another user", "TWO_SEAS_CACHE")
    assert store.entries() == {}


TRICKS = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "A",
    "a b",
    "a.nc",
    "a\0b",
    "..",
    "",
    "%2e%2e",
    "ａ",
]


@pytest.mark.fault("D12")
@pytest.mark.parametrize("name", TRICKS)
def test_an_id_that_is_a_path_is_no_id(name):
    with pytest.raises(UnknownSeries):
        loaders.open_series(name)
    with pytest.raises((ValueError, CatalogueError)):
        Place.model_validate({"id": name, "label": "x", "sea": "caspian", "kind": "sea"})


@pytest.mark.fault("D12")
@pytest.mark.parametrize("name", TRICKS)
def test_a_path_on_the_command_line_is_a_wrong_argument(contract, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (["refresh", "--source", name], ["export", name], ["refresh", "--accept", name]):
        ran = contract.command(*words)
        assert ran.code == 2
        assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []
    assert list(location.folder().iterdir()) == []
