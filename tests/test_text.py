"""Visible strings: every key that is asked for exists, every string is asked for, and none holds a number."""

from __future__ import annotations

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from babel import Locale

from dashboard.words import text
from dashboard.words.text import brief, day, month, month_name, number, period, span, t, words

DASHBOARD = Path(__file__).parents[1] / "dashboard"
SCRIPTS = sorted(DASHBOARD.rglob("*.py"))
HOLE = "\0"


# ---- keys -------------------------------------------------------------------------------------------------


class Asked(ast.NodeVisitor):
    """The keys of all calls of ``t`` in one file.

    A part of a key is known where it is a literal, a choice of literals, a name that such a choice is given
    to, or what a loop takes from a tuple of literals. Any other part is a hole.
    """

    def __init__(self, source: str) -> None:
        self.keys: list[str] = []
        self.scopes: list[dict[str, list[str]]] = [{}]
        self.rows: dict[str, ast.expr] = {}
        self.visit(ast.parse(source))

    def parts(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            return self.parts(node.body) + self.parts(node.orelse)
        if isinstance(node, ast.FormattedValue):
            return self.parts(node.value)
        if isinstance(node, ast.JoinedStr):
            ends = [self.parts(part) for part in node.values]
            return ["".join(parts) for parts in product(*ends)]
        if isinstance(node, ast.Name):
            return next((scope[node.id] for scope in reversed(self.scopes) if node.id in scope), [HOLE])
        return [HOLE]

    def loop(self, target: ast.expr, over: ast.expr) -> dict[str, list[str]]:
        """What each name of a loop can be."""
        over = self.rows.get(over.id, over) if isinstance(over, ast.Name) else over
        rows = over.elts if isinstance(over, ast.Tuple | ast.List) else []
        if isinstance(target, ast.Name):
            return {target.id: [part for row in rows for part in self.parts(row)] or [HOLE]}
        if not isinstance(target, ast.Tuple):
            return {}
        columns = zip(*(row.elts for row in rows if isinstance(row, ast.Tuple)), strict=True)
        names = [one.id for one in target.elts if isinstance(one, ast.Name)]
        known = {name: [part for cell in column for part in self.parts(cell)]
                 for name, column in zip(names, columns, strict=False)}  # fmt: skip
        return {name: [HOLE] for name in names} | known

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in ("t", "plural") and node.args:
            form = f".{HOLE}" if node.func.id == "plural" else ""
            self.keys += [key + form for key in self.parts(node.args[0])]
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scopes[-1].setdefault(target.id, []).extend(self.parts(node.value))
                self.rows[target.id] = node.value

    def visit_For(self, node: ast.For) -> None:
        self.scopes[-1] |= self.loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_function(self, node) -> None:
        taken = [*node.args.args, *node.args.kwonlyargs]
        self.scopes.append({arg.arg: [HOLE] for arg in taken})
        self.generic_visit(node)
        self.scopes.pop()

    def visit_comprehension_of(self, node) -> None:
        self.scopes.append({})
        for one in node.generators:
            self.scopes[-1] |= self.loop(one.target, one.iter)
        self.generic_visit(node)
        self.scopes.pop()

    visit_FunctionDef = visit_Lambda = visit_function
    visit_ListComp = visit_GeneratorExp = visit_SetComp = visit_DictComp = visit_comprehension_of


def asked(source: str) -> list[str]:
    return Asked(source).keys


def pattern(key: str) -> re.Pattern:
    return re.compile("[^.]+".join(map(re.escape, key.split(HOLE))))


ASKED = {key: path.name for path in SCRIPTS for key in asked(path.read_text("utf-8"))}


def test_scan_understands_each_way_of_asking():
    assert asked("t('a.b')") == ["a.b"]
    assert asked("plural('a.b', 2)") == [f"a.b.{HOLE}"]
    assert asked("t('a.b' if x else 'a.c', y=1)") == ["a.b", "a.c"]
    assert asked("t(f'a.{x}_one')") == [f"a.{HOLE}_one"]
    assert asked("t(f\"a.{'b' if x else 'c'}\")") == ["a.b", "a.c"]
    assert asked("[t(f'a.{x}') for x in ('b', 'c')]") == ["a.b", "a.c"]
    assert asked("for x, _ in (('b', 1), ('c', 2)):\n    t(f'a.{x}')") == ["a.b", "a.c"]
    assert asked("ROWS = ('b', 'c')\ndef f(x):\n    t(f'a.{x}')\n    [t(f'd.{x}') for x in ROWS]") == [
        f"a.{HOLE}",
        "d.b",
        "d.c",
    ]
    assert asked("key = 'b' if x else 'c'\nt(f'a.{key}')") == ["a.b", "a.c"]
    assert pattern(f"a.{HOLE}_one").fullmatch("a.month_one")
    assert not pattern(f"a.{HOLE}").fullmatch("a.b.c")


def test_no_key_is_wholly_unknown():
    assert HOLE not in ASKED, ASKED.get(HOLE)
    assert len(ASKED) > 150


def test_every_key_that_is_asked_for_exists():
    unknown = [
        (key, where)
        for key, where in ASKED.items()
        if not any(pattern(key).fullmatch(name) for name in words())
    ]
    assert unknown == []


def test_every_string_is_asked_for():
    """Those of what was mended are asked for all at once, by the start of their keys."""
    patterns = [pattern(key) for key in ASKED] + [re.compile(rf"{re.escape(text.MENDED)}[\d-]{{10}}-\w+")]
    assert [name for name in words() if not any(known.fullmatch(name) for known in patterns)] == []


@pytest.mark.parametrize("lang", text.languages())
def test_what_was_mended_is_told_newest_first(lang):
    with text.speaking(lang):
        told = text.mended()
    days = [when for when, _ in told]
    assert days == sorted(days, reverse=True)
    assert {np.datetime64(when).astype(str) for when in days} == set(days)
    kept = [said for key, said in words(lang).items() if key.startswith(text.MENDED)]
    assert sorted(said for _, said in told) == sorted(kept)
    assert len(kept) > 3


FORMS = re.compile(r"\.(one|two|few|many|other)$")


def stem(key: str) -> str:
    """The key without the form of a plural, which always has the form "other" too."""
    start = FORMS.sub("", key)
    return start if f"{start}.other" in words() else key


@pytest.mark.parametrize("lang", text.languages())
def test_every_language_has_every_string_with_the_same_fields(lang):
    fields = re.compile(r"\{(\w+)\}")
    other = words(lang)
    assert {stem(key) for key in other} == {stem(key) for key in words()}
    for key, said in words().items():
        if stem(key) == key:
            assert sorted(fields.findall(other[key])) == sorted(fields.findall(said)), key


@pytest.mark.parametrize("lang", text.languages())
def test_every_plural_has_the_forms_of_its_language(lang):
    needed = Locale.parse(lang).plural_form.tags | {"other"}
    counted = {stem(key) for key in words() if stem(key) != key}
    assert counted
    for key in counted:
        forms = {name.rpartition(".")[2] for name in words(lang) if name != key and stem(name) == key}
        assert forms <= needed, key
        assert "other" in forms, key


def test_unknown_key_is_an_error_and_not_an_empty_text():
    with pytest.raises(KeyError):
        t("no.such")


# ---- words that are never written -------------------------------------------------------------------------

VERDICTS = re.compile(r"\b(broken|failed|kept|success\w*)\b", re.IGNORECASE)


def test_no_string_passes_a_verdict_on_persons():
    assert VERDICTS.search("The pledge was broken.")
    assert [key for key, said in words().items() if VERDICTS.search(said)] == []


@pytest.mark.parametrize("name", ["commitments.toml", "milestones.toml"])
def test_no_row_of_the_register_passes_a_verdict(name):
    assert VERDICTS.findall((DASHBOARD / "register" / name).read_text("utf-8")) == []


# ---- no measurement is typed ------------------------------------------------------------------------------

UNITS = r"(?:mm|cm|m|km|km²|km³|km2|km3|°C|K|Mt|kt|t|g/kg|g/kWh|%|m³/s|metres?|kilomet\w*|tonnes?|degrees?)"
MEASURED = re.compile(rf"[−+\-±]?\d+(?:[.,]\d+)?\s*{UNITS}(?![\w²³])")
# Constants of the method: confidence levels, the ends of a band, the share of months that must be there.
ALLOWED = {
    "level.rate_deck": ["95 %"],
    "absence.under_70_percent": ["70 %"],
    "opened.carried_deck": ["90 %"],
    "opened.said_interval": ["90 %"],
    "pace.since": ["90 %"],
    "pace.unsteady": ["90 %"],
    "sum.band": ["95 %"],
}


def test_scan_sees_what_it_is_for():
    seen = ["0.38 m", "lower by 0.38 m.", "−29 m", "3,030 km²", "about 23 km³", "4.5 %", "16.8 cm a year"]
    assert [said for said in seen if MEASURED.search(said)] == seen
    free = ["{amount} m", "24 November 2023", "1993–2022 normal", "Data 2026 more", "12 months", "n = 4"]
    assert [said for said in free if MEASURED.search(said)] == []


def test_no_measurement_is_typed_into_a_string():
    assert {key: found for key, said in words().items() if (found := MEASURED.findall(said))} == ALLOWED


def measured_in(source: str) -> list[str]:
    """The texts in code, docstrings apart, that hold a number with a unit."""
    tree = ast.parse(source)
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    }
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [said for said in texts if isinstance(said, str) and said not in docs and MEASURED.search(said)]


def test_no_measurement_is_typed_into_code():
    assert measured_in("st.write('0.38 m lower')") == ["0.38 m lower"]
    typed = [(path.name, said) for path in SCRIPTS for said in measured_in(path.read_text("utf-8"))]
    assert typed == []


VISIBLE = {
    "title",
    "header",
    "subheader",
    "write",
    "markdown",
    "caption",
    "info",
    "warning",
    "error",
    "button",
}
VISIBLE |= {"selectbox", "text_input", "segmented_control", "download_button", "success"}


def typed_labels(source: str) -> list[str]:
    """What a widget or a message is given as a literal instead of a string of the catalogue."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    first = [
        call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in VISIBLE
    ]
    return [one.value for one in first if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def test_every_label_of_a_widget_comes_from_the_catalogue():
    assert typed_labels("st.info('No data')") == ["No data"]
    found = [(path.name, said) for path in SCRIPTS for said in typed_labels(path.read_text("utf-8"))]
    assert found == []


# ---- numbers and dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "sign", "said"),
    [
        (-28.5, 2, False, "−28.50"),
        (0.376, 2, True, "+0.38"),
        (-0.376, 2, True, "−0.38"),
        (0.004, 2, True, "0.00"),
        (-0.004, 2, True, "0.00"),
        (-0.004, 2, False, "0.00"),
        (3030.0, 0, False, "3,030"),
        (1234567.89, 1, False, "1,234,567.9"),
        (0.0, 0, True, "0"),
        (float("nan"), 2, False, "–"),
        (float("inf"), 2, True, "–"),
    ],
)
def test_number(value, decimals, sign, said):
    assert number(value, decimals, sign=sign) == said


def test_number_in_another_language():
    with text.speaking("ru"):
        assert number(-28.5, 2) == "−28,50"
    assert number(-28.5, 2) == "−28.50"


def test_language_is_that_of_the_thread():
    text.speak("ru")
    try:
        other = ThreadPoolExecutor(1).submit(number, -28.5, 2).result()
    finally:
        text.speak("en")
    assert other == "−28.50"


@pytest.mark.parametrize(("value", "said"), [(27.0, "27"), (20.6, "20.6"), (0.25, "0.25"), (-4.0, "−4")])
def test_brief_number(value, said):
    assert brief(value) == said


@pytest.mark.parametrize(
    ("when", "cadence", "said"),
    [
        ("2025-01-01", "year", "2025"),
        ("2026-01-01", "quarter", "Jan–Mar 2026"),
        ("2025-10-01", "quarter", "Oct–Dec 2025"),
        ("2026-06-01", "month", "Jun 2026"),
        ("2026-08-04", "day", "4 Aug 2026"),
        ("2026-08-04", "10-day", "4 Aug 2026"),
        ("2023-11-24", "irregular", "24 Nov 2023"),
    ],
)
def test_period(when, cadence, said):
    assert period(np.datetime64(when), cadence) == said


def test_span_and_months():
    first, last = np.datetime64("2025-04", "M"), np.datetime64("2026-03", "M")
    assert span(first, last) == "April 2025–March 2026"
    assert span(first, last, short=True) == "Apr 2025–Mar 2026"
    assert month(first) == "April 2025"
    assert month_name(last) == "Mar"
    assert period(first, "month", short=False) == "April 2025"


def test_day_does_not_shift_with_the_clock_of_the_reader(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert day(np.datetime64("2023-11-24T00:00")) == "24 Nov 2023"
    assert period(np.datetime64("2026-01-01T00:00"), "year") == "2026"
