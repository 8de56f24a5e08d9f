"""Rows and strings in other languages: all there, none left over, and every number as in the English."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import numpy as np
import pytest

import loaders
from dashboard.register import commitments
from dashboard.register.rows import SourceKind
from dashboard.series import snapshot
from dashboard.words import text, translated

LANGS = [lang for lang in text.languages() if lang != text.DEFAULT]
# Names of products, institutions and files, and bare numbers: written alike everywhere.
NAMES = {"Climate Action Tracker", "Climate TRACE", "Energy Institute", "Global Carbon Budget"}
NAMES |= {"Our World in Data", "Ember", "Hydroweb", "Hydroweb.next", "CoralTemp", "NASA Global Water Monitor"}


def english() -> list[tuple[str, str]]:
    """Table and text of everything that a row says in words."""
    found = [("kinds", kind) for kind in get_args(SourceKind)]
    for record in (loaders.catalogue(), commitments.register()):
        for table in translated.FIELDS:
            for row in getattr(record, table, {}).values():
                texts = (getattr(row, field) for field in translated.FIELDS[table])
                found += [(table, said) for said in texts if said]
    return found


ENGLISH = english()


def parts(said: str) -> list[str]:
    return [part for part in text.JOINTS.split(said) if part and not text.JOINTS.fullmatch(part)]


def untranslated(said: str, known: dict[str, str]) -> list[str]:
    """The words of ``said`` that have no other form in ``known`` and are no name."""
    if said in known:
        return []
    left = [part for part in parts(said) if part not in known and part not in NAMES]
    return [part for part in left if not re.fullmatch(r"[%°\d C]+|[A-Z0-9][\w.-]*[A-Z0-9][\w. -]*", part)]


def test_scan_knows_names_from_words():
    assert untranslated("Volga, point (MERRA-2)", {"Volga": "Волга"}) == ["point"]
    assert untranslated("Ember; SSP2-4.5, GISTEMP v4, 2003, °C", {}) == []


def test_scan_sees_the_rows():
    assert len({table for table, _ in ENGLISH}) == len(translated.FIELDS) + 1
    assert len(ENGLISH) > 1000


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_of_a_row_has_its_translation(lang):
    known = text.rows(lang)
    assert sorted({part for _, said in ENGLISH for part in untranslated(said, known)}) == []


@pytest.mark.parametrize("lang", LANGS)
def test_no_translation_is_left_over(lang):
    used = {said for _, said in ENGLISH} | {part for _, said in ENGLISH for part in parts(said)}
    assert sorted(set(text.rows(lang)) - used - UNITS) == []


# Typed in code beside a figure, or the units of a dataset.
UNITS = {"m", "km", "km2", "km3", "km²", "km³", "m³/s"}


def numbers(said: str) -> Counter:
    """The numbers in a text, however the language groups and points them; those of units left out."""
    bare = re.sub(r"\b(k?m|CO|PM)[23²³]\b|CO2e|CO₂|м[²³]", "", said)
    joined = re.sub(r"(?<![\d.,])([1-9]\d{0,2})[, \u00a0](?=\d{3}\b)", r"\1", bare)
    return Counter(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", joined)))


def test_numbers_are_read_alike_in_each_language():
    assert numbers("10,000 t, 3,913 km2 and 7.7 m") == numbers("10 000 т, 3 913 км² и 7,7 м")
    assert numbers("2.3 billion") != numbers("23 млрд")


@pytest.mark.parametrize("lang", LANGS)
def test_a_translated_row_says_the_same_numbers(lang):
    other = {said: numbers(kept) for said, kept in text.rows(lang).items()}
    assert {said for said, found in other.items() if found != numbers(said)} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_a_translated_string_says_the_same_numbers(lang):
    known = text.words(lang)
    plain = {key: said for key, said in text.words().items() if key in known and not key.endswith(".one")}
    assert {key for key, said in plain.items() if numbers(said) != numbers(known[key])} == set()


# ---- what travels ---------------------------------------------------------------------------------------


def test_ids_units_and_flags_stay_and_words_change():
    loaded = snapshot.Snapshot(loaders.catalogue(), {}, "0")
    spoken = snapshot.speaking(loaded, "ru")
    row = spoken.catalogue.series["caspian-level-dahiti"]
    assert spoken.catalogue.places["caspian"].label == "Каспийское море"
    assert row.unit == "m"
    assert row.model_copy(update={"title": "", "label": ""}) == loaded.catalogue.series[
        "caspian-level-dahiti"
    ].model_copy(update={"title": "", "label": ""})
    assert snapshot.speaking(loaded, "en") is loaded


def test_a_title_is_translated_part_by_part():
    with text.speaking("ru"):
        said = text.translate(
            "Volga basin, point near Kazan: monthly precipitation, bias-corrected (unheard-of)"
        )
    assert said == "Бассейн Волги, точка у Казани: месячные осадки, со снятым смещением (unheard-of)"


def test_register_speaks_the_language_and_keeps_the_quotation():
    plain = commitments.register().commitments["E1"]
    with text.speaking("kk"):
        spoken = commitments.register().commitments["E1"]
    assert spoken.short != plain.short
    assert (spoken.fragment, spoken.pace, spoken.series) == (plain.fragment, plain.pace, plain.series)


@pytest.mark.parametrize(
    ("lang", "count", "said"),
    [
        ("en", 1, "1 month old"),
        ("en", 8, "8 months old"),
        ("ru", 1, "1 месяц назад"),
        ("ru", 3, "3 месяца назад"),
        ("ru", 11, "11 месяцев назад"),
        ("ru", 21, "21 месяц назад"),
        ("kk", 5, "5 ай бұрын"),
    ],
)
def test_plural_follows_the_language(lang, count, said):
    with text.speaking(lang):
        assert text.plural("age.months", count) == said


def test_dates_follow_the_language():
    when = np.datetime64("2023-11-24")
    with text.speaking("ru"):
        assert text.day(when) == "24 нояб. 2023"
        assert text.number(-28.5, 2) == "−28,50"
        assert text.separators() == ",\N{NO-BREAK SPACE}"
    assert text.separators() == ".,"


def test_every_family_that_can_speak_for_a_level_has_a_name_of_its_own():
    families = {
        row.independence_group for row in loaders.catalogue().series.values() if row.indicator == "level"
    }
    named = {key.removeprefix("group.") for key in text.words(text.DEFAULT) if key.startswith("group.")}
    assert families == named
