"""Shared by all tests: recorded payloads, an empty cache folder per test, the contract of a fault."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_addoption(parser):
    parser.addoption("--faults", metavar="PATH", help="write the table of faults with this run's results")


def pytest_configure(config):
    from tests.fault_register import Recorder

    if config.getoption("--faults") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(config.getoption("--faults"))))


def pytest_collection_modifyitems(items):
    from tests.fault_register import tell

    for item in items:
        tell(item)


def samples_folder() -> Path | None:
    named = os.environ.get("TWO_SEAS_SAMPLES")
    folder = Path(named) if named else ROOT.parent / "shared" / "samples"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def samples() -> Path:
    folder = samples_folder()
    if folder is None:
        pytest.skip("recorded payloads are not here (TWO_SEAS_SAMPLES or ../shared/samples)")
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """No test reads or writes the developer's cache, keys or addresses."""
    for name in list(os.environ):
        if name.startswith("TWO_SEAS_") and name != "TWO_SEAS_SAMPLES":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TWO_SEAS_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def _panels_stand(caplog):
    """A panel that fails gives way to a box; a test that did not mean it (and clear the log) fails."""
    yield
    assert not [one for one in caplog.get_records("call") if one.name == "two_seas.panel"]


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, one for all tests of a process."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "no Chromium here (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[test]'")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def contract(httpserver, monkeypatch, capsys):
    """The harness of ``tests/fault_contract.py`` with three healthy providers on loopback."""
    from tests import fault_contract, providers

    return fault_contract.Contract(providers.start(httpserver, monkeypatch), monkeypatch, capsys)
