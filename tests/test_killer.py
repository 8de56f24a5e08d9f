"""Kill -9 at random instants of a refresh: what is left is whole, of one generation, and needs no help."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

KILLS = 200
MEMORY = Path("/dev/shm")
THOROUGH = pytest.mark.skipif(not os.environ.get("TWO_SEAS_THOROUGH"), reason="only with TWO_SEAS_THOROUGH=1")


@pytest.mark.fault("D03", "C02")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=THOROUGH), pytest.param(3, marks=THOROUGH)])
def test_kill_at_200_instants_leaves_one_whole_generation_and_the_next_refresh_succeeds(tmp_path, seed):
    words = [sys.executable, "-m", "tests.killer", str(tmp_path), str(seed), str(KILLS)]
    # A kill loses nothing that was handed to the system, so that the cache may lie in memory.
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as home:
        env = os.environ | {"TWO_SEAS_CACHE": f"{home}/live"}
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = ast.literal_eval(done.stdout)
    assert seen["old"] + seen["new"] == KILLS
    # Without kills in the middle of the work nothing was tested.
    assert seen["killed"] > 20
    assert seen["old"] > 20
    assert seen["new"] > 0
