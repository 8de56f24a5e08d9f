"""Damaged answers for every parser: refused by an error of ours or read, and a cut never makes a new value.

500 for each parser, or as many as ``TWO_SEAS_FUZZ`` says. The seed is fixed: a failure can be had again.
"""

from __future__ import annotations

import importlib
import os
import random
import re
import resource
import signal
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import loaders
from loaders.errors import LoadError
from loaders.pipeline.assemble import assemble
from loaders.tables.catalogue import catalogue
from tests.true_payloads import Answer, answers

INPUTS = int(os.environ.get("TWO_SEAS_FUZZ", "500"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LONGEST = 5.0
MOST_MEMORY = 512 * 1024  # kilobytes
# Answers that are no list of values over time: what the parser makes of them is not assembled further.
NO_SERIES = ("etopo table", "etopo map", "owid description")
NUMBER = re.compile(rb"\d+\.?\d*")
ANSWERS = answers()
SOURCES = sorted({answer.source for answer in ANSWERS})
Mutation = Callable[[bytes, random.Random], bytes]


# ---- damage ----------------------------------------------------------------------------------------------


def flip(raw: bytes, chance: random.Random) -> bytes:
    made = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def splice(raw: bytes, chance: random.Random) -> bytes:
    """A piece of the answer stands once more somewhere else."""
    start, place = chance.randrange(len(raw)), chance.randrange(len(raw))
    return raw[:place] + raw[start : start + chance.randint(1, 200)] + raw[place:]


def zero_hole(raw: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(raw)), chance.randint(1, 64)
    return raw[:start] + bytes(len(raw[start : start + length])) + raw[start + length :]


def shuffle_lines(raw: bytes, chance: random.Random) -> bytes:
    end = b"\n" if raw.count(b"\n") > 2 else b","
    lines = raw.split(end)
    start = chance.randrange(len(lines))
    part = lines[start : start + chance.randint(2, 9)]
    chance.shuffle(part)
    return end.join(lines[:start] + part + lines[start + len(part) :])


def swap_number(raw: bytes, chance: random.Random) -> bytes:
    """One number is another: huge, negative, missing, in words or of another kind."""
    found = list(NUMBER.finditer(raw))
    if not found:
        return flip(raw, chance)
    place = chance.choice(found)
    others = [b"-1", b"0", b"1e999", b"9" * 400, b"", b"null", b"true", b'"x"', b"[]", b"{}", b"1,5", b"NaN",
              b"99999999", b"9999", b"\xc2\xb2", b"\xd9\xa3"]  # fmt: skip
    return raw[: place.start()] + chance.choice(others) + raw[place.end() :]


MUTATIONS: tuple[Mutation, ...] = (flip, cut, splice, zero_hole, shuffle_lines, swap_number)


# ---- what a parser makes of it ---------------------------------------------------------------------------


def read(answer: Answer, raw: bytes) -> xr.Dataset | None:
    """What would be stored; None where the answer is refused."""
    parse = importlib.import_module(f"loaders.sources.{answer.source}").parse
    try:
        if answer.name in NO_SERIES:
            return parse(raw, answer.row)
        source = next(one for one in catalogue().sources.values() if one.module == answer.source)
        made = assemble(answer.row, source, parse, [raw], retrieved=NOW, now=NOW, old=None)
        return made.dataset
    except LoadError as error:
        refusal = error
    assert type(refusal) is not LoadError
    assert 0 < len(str(refusal)) <= 200
    return None


@contextmanager
def time_limit(what: str):
    """No input holds a parser; a parser that is stuck is ended here."""

    def late(number, frame):
        raise AssertionError(f"more than {LONGEST} s for {what}")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def points(dataset: xr.Dataset) -> list[tuple]:
    pairs = zip(dataset["time"].values.tolist(), dataset["value"].values.tolist(), strict=True)
    return [pair for pair in pairs if not np.isnan(pair[1])]


@pytest.mark.fault("P11")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("source", SOURCES)
def test_damage_is_refused_by_an_error_of_ours_or_read(source):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    forms = [answer for answer in ANSWERS if answer.source == source]
    for number in range(INPUTS):
        answer, chance = forms[number % len(forms)], random.Random(number)
        mutation = MUTATIONS[number // len(forms) % len(MUTATIONS)]
        raw = mutation(answer.raw, chance)
        with time_limit(f"{answer.name}, {mutation.__name__}, input {number}"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = read(answer, raw)
            except Exception as error:
                error.add_note(f"{answer.name}, {mutation.__name__}, input {number}")
                raise
        if found is not None and mutation is cut and answer.name not in NO_SERIES:
            whole = points(_whole(answer))
            assert points(found) == whole[: len(points(found))], (answer.name, number)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


_WHOLE: dict[str, xr.Dataset] = {}


def _whole(answer: Answer) -> xr.Dataset:
    if answer.name not in _WHOLE:
        found = read(answer, answer.raw)
        assert found is not None
        _WHOLE[answer.name] = found
    return _WHOLE[answer.name]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.name)
def test_the_answer_is_true_before_it_is_damaged(answer):
    found = _whole(answer)
    assert answer.name in NO_SERIES or points(found)


def test_every_parser_is_fuzzed():
    files = {path.stem for path in (Path(loaders.__file__).parent / "sources").glob("[!_]*.py")}
    assert set(SOURCES) == files
