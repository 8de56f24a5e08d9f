"""Shared by all tests: where the recorded payloads are, and an empty cache folder per test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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
