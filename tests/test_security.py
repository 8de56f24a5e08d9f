"""Rules of safety that no single fault shows: what the code may not hold, and limits of a whole refresh."""

from __future__ import annotations

import ast
import time
from functools import cache
from pathlib import Path

import pytest

import loaders
from loaders.errors import BadFormat
from loaders.formats import grid_file
from loaders.tables.catalogue import catalogue
from loaders.transport import body
from tests.conftest import ROOT
from tests.loopback import serve, silent
from tests.providers import live_sources

FILES = sorted([*(ROOT / "loaders").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")])
# Modules that run what they read, or fetch what it names.
UNSAFE = {
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "joblib",
    "cloudpickle",
    "yaml",
    "zarr",
    "netCDF4",
    "h5netcdf",
    "h5py",
}
# Readers of XML and of spreadsheets, which may name other files.
ENTITIES = {"xml", "lxml", "openpyxl", "xlrd", "pyexcel", "bs4", "html5lib"}


@cache
def trees() -> list[tuple[Path, ast.AST]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in FILES]


def imported(tree: ast.AST) -> set[str]:
    """The first word of every module that is imported."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def called(tree: ast.AST) -> set[str]:
    """The last word of everything that is called or passed on: ``eval``, ``extractall``, ``read_pickle``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
    return found


def arguments(tree: ast.AST) -> set[tuple[str, object]]:
    """Every named argument of a call whose value stands there."""
    return {
        (word.arg or "", word.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if isinstance(word.value, ast.Constant)
    }


def test_the_scan_finds_what_it_looks_for():
    tree = ast.parse("import pickle.x\nfrom lxml import etree\na.extractall(b, verify=False)\neval(c)")
    assert imported(tree) == {"pickle", "lxml"}
    assert {"extractall", "eval"} <= called(tree)
    assert arguments(tree) == {("verify", False)}
    assert len(FILES) > 100


def test_rule_2_no_check_of_a_certificate_is_switched_off():
    for path, tree in trees():
        assert ("verify", False) not in arguments(tree), path
        assert not {"CERT_NONE", "_create_unverified_context", "disable_warnings"} & called(tree), path


def test_rule_5_no_source_may_send_more_than_the_caps():
    sizes = [source.max_bytes for source in catalogue().sources.values()]
    assert max(sizes) <= 25_000_000
    assert max(sizes) * body.DECODED_FACTOR <= 100_000_000
    assert grid_file.MAX_DECODED <= 256_000_000


def test_rule_6_a_refresh_of_silent_sources_ends_with_the_deadline(monkeypatch):
    """All sources side by side take no longer than one."""
    with serve([silent()]) as server:
        for source in live_sources():
            name = f"TWO_SEAS_{source.id.upper().replace('-', '_')}"
            monkeypatch.setenv(f"{name}_URL", server.url)
            monkeypatch.setenv(f"{name}_KEY", "marker")
        monkeypatch.setenv("TWO_SEAS_DEADLINE", "2")
        begun = time.monotonic()
        done = loaders.refresh()
        spent = time.monotonic() - begun
    found = {result.error for source in done.sources for result in source.series}
    assert found == {"TimedOut"}
    assert len(done.sources) == len(live_sources()) > 10
    assert spent < 2 + 2 + 2  # the deadline, its grace, and the writing of the record


def test_rule_8_nothing_that_is_read_can_run():
    for path, tree in trees():
        assert not UNSAFE & imported(tree), path
        assert not {"eval", "exec", "read_pickle", "to_pickle", "load_module"} & called(tree), path
        assert ("allow_pickle", True) not in arguments(tree), path
        assert ("persist", "disk") not in arguments(tree), path
        assert ("shell", True) not in arguments(tree), path


def test_rule_21_no_archive_is_unpacked_to_disk():
    for path, tree in trees():
        assert not {"extractall", "unpack_archive"} & called(tree), path
        assert "tarfile" not in imported(tree), path


def test_rule_22_neither_xml_nor_spreadsheets_are_read():
    for path, tree in trees():
        assert not ENTITIES & imported(tree), path
        assert not {"read_xml", "read_excel", "read_html"} & called(tree), path


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nforged: line", "\x1b[31mred\x07", "\u202ereversed", "x" * 500]
)
def test_rule_24_an_error_is_one_printable_line(text):
    said = str(BadFormat(f"the source says: {text}"))
    assert said.startswith("the source says: ")
    assert said.isprintable()
    assert len(said) <= 200
