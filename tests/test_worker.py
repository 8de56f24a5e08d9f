"""The process that reads upstream NetCDF: what it gives, and what its death costs (P10, P11, rule 7)."""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from loaders.errors import BadFormat
from loaders.formats import grid_file, netcdf_child, worker

from .payloads.erddap import grid

VALUES = np.arange(12.0).reshape(2, 3, 2)
WHOLE = grid(
    "sst",
    VALUES,
    times=["2024-01-01T12:00:00", "2024-01-02T12:00:00"],
    latitudes=np.array([40.0, 41.0, 42.0]),
    longitudes=np.array([50.0, 51.0]),
    units="degree_C",
)


@pytest.fixture
def other_child(tmp_path, monkeypatch):
    """Replace the child by another script, and end it with the test."""

    def replace(code: str) -> None:
        worker.close()
        script = tmp_path / "child.py"
        place = str(Path(netcdf_child.__file__).parents[2])
        head = f"import os, signal, sys, time\nsys.path.insert(0, {place!r})\n"
        script.write_text(head + "from loaders.formats import netcdf_child\n" + code)
        monkeypatch.setattr(worker, "CHILD", script)

    yield replace
    worker.close()


def test_one_process_reads_file_after_file():
    first, number = worker.arrays(WHOLE), worker._running.pid
    assert worker.arrays(WHOLE) == first
    assert worker._running.pid == number != os.getpid()
    with np.load(io.BytesIO(first), allow_pickle=False) as found:
        assert sorted(found) == ["0", "1", "2", "3", "about"]


def test_the_values_are_those_that_were_written():
    assert grid_file.field(WHOLE, "sst").values.tolist() == VALUES.tolist()


@pytest.mark.fault("P10", "P11")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGBUS, signal.SIGKILL])
def test_rule_7_a_reader_that_dies_by_a_signal_leaves_us_alive(other_child, monkeypatch, number):
    own = worker.CHILD
    other_child(f"sys.stdin.buffer.read(8)\nos.kill(os.getpid(), {int(number)})\n")
    with pytest.raises(BadFormat, match=f"did not survive .ended with -{int(number)}"):
        grid_file.read(WHOLE)
    monkeypatch.setattr(worker, "CHILD", own)
    assert grid_file.field(WHOLE, "sst").size == 12


@pytest.mark.fault("P11")
def test_rule_7_a_reader_that_takes_too_long_is_ended(other_child, monkeypatch):
    monkeypatch.setattr(worker, "SECONDS", 0.5)
    other_child("time.sleep(60)\n")
    begun = time.monotonic()
    with pytest.raises(BadFormat, match="did not survive"):
        grid_file.read(WHOLE)
    assert time.monotonic() - begun < 10


@pytest.mark.fault("P11", "P12")
def test_rule_7_a_reader_has_two_gigabytes(other_child):
    other_child("netcdf_child.arrays = lambda raw: bytes(3 * 2**30)\nnetcdf_child.main()\n")
    with pytest.raises(BadFormat, match="cannot be read"):
        grid_file.read(WHOLE)
    other_child("netcdf_child.arrays = lambda raw: bytes(2**30)[:10]\nnetcdf_child.main()\n")
    assert worker.arrays(WHOLE) == bytes(10)


def test_the_reader_knows_no_key(other_child, monkeypatch):
    monkeypatch.setenv("TWO_SEAS_DAHITI_KEY", "marker")
    other_child("netcdf_child.arrays = lambda raw: repr(dict(os.environ)).encode()\nnetcdf_child.main()\n")
    told = worker.arrays(WHOLE).decode()
    assert "PATH" in told
    assert "marker" not in told


def test_no_reader_is_left_when_it_is_closed():
    worker.arrays(WHOLE)
    process = worker._running
    worker.close()
    assert process.poll() == -signal.SIGKILL
    assert worker.arrays(WHOLE)


def test_damage_is_an_answer_of_no_bytes():
    assert netcdf_child.answer(WHOLE) != b""
    assert netcdf_child.answer(b"CDF\x01" + b"\xff" * 40) == b""
