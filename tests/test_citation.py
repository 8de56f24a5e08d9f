"""What a reader cites: BibTeX that parses, keeps every sign, and names each provider once."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

import loaders
from dashboard.sentences import citation
from dashboard.words import text
from tests.shots import CACHE_ID, baseline

# BibTeX's own grammar: an entry is @type{key, name = {text with braces in balance}, ...}.
ENTRY = re.compile(r"@(\w+)\{([a-z0-9-]+),\n((?:  \w+ = \{.*\},\n)+)\}", re.ASCII)
FIELD = re.compile(r"  (\w+) = \{(.*)\},")


def parsed(bib: str) -> dict[str, dict[str, str]]:
    """Every entry by its key; fails where anything is left over or a brace is out of balance."""
    assert ENTRY.sub("", bib).strip() == ""
    found = {}
    for kind, key, body in ENTRY.findall(bib):
        assert kind == "misc"
        assert key not in found
        found[key] = dict(FIELD.findall(body))
        for value in found[key].values():
            depth = 0
            for char in value:
                depth += (char == "{") - (char == "}")
                assert depth >= 0
            assert depth == 0
    return found


def unescaped(said: str) -> str:
    """What LaTeX prints for a field."""
    for name, char in (
        ("textbraceleft", "{"),
        ("textbraceright", "}"),
        ("textasciitilde", "~"),
        ("textasciicircum", "^"),
    ):
        said = said.replace(f"\\{name}{{}}", f"\0{char}")
    said = re.sub(r"\\([&%$#_])", r"\1", said).replace(r"\textbackslash{}", "\\")
    return said.replace("\0", "")


def made(**attrs: str) -> xr.Dataset:
    known = {
        "source_label": "A lake",
        "citation": "A. Author (2020)",
        "licence": "CC BY 4.0",
        "source_url": "https://example.org/a",
        "origin": "live",
        "retrieved_at": "2026-06-12T08:00:00Z",
    }
    return xr.Dataset(
        {"value": ("time", [1.0])}, {"time": np.array(["2020-01-01"], "datetime64[ns]")}, known | attrs
    )


@pytest.mark.parametrize(
    "said", ["50 % of {A_B} & C # 1 ~ ^ $5 \\input", "a } b", "{ lone", "line\nbreak", "Crétaux, Уровень, ²"]
)
def test_every_sign_survives_the_escape(said):
    entry = parsed(citation.bibtex([made(source_label=said)], CACHE_ID, "May 2026", "2026"))
    (title,) = [fields["title"] for key, fields in entry.items() if not key.startswith("two-seas")]
    assert title[0] + title[-1] == "{}"
    assert unescaped(title[1:-1]) == " ".join(said.split())
    assert not re.search(r"(?<!\\)[&%$#_]", title)


def test_state_and_provider_by_hand():
    bib = citation.bibtex(
        [made(), made()], "0123456789ab", "May 2026", "2026", "http://127.0.0.1:8501/?sea=aral"
    )
    assert list(parsed(bib)) == ["two-seas-0123456789ab", "a-lake"]
    own, lake = parsed(bib).values()
    assert own["year"] == "2026"
    assert own["howpublished"] == r"\url{http://127.0.0.1:8501/?sea=aral}"
    assert own["note"] == "Cache 0123456789ab, newest data May 2026"
    assert lake["note"] == "A. Author (2020). Licence: CC BY 4.0. Retrieved 12 Jun 2026."
    assert lake["howpublished"] == r"\url{https://example.org/a}"


def test_providers_of_one_name_keep_their_own_entries():
    bib = citation.bibtex(
        [made(), made(citation="Other"), made(source_label="A Lake!")], CACHE_ID, "May", "2026"
    )
    assert list(parsed(bib))[1:] == ["a-lake", "a-lake-2", "a-lake-3"]


def test_an_address_cannot_end_its_field():
    bib = citation.bibtex([made(source_url="https://example.org/a}b{c d\\e")], CACHE_ID, "May", "2026")
    assert parsed(bib)["a-lake"]["howpublished"] == r"\url{https://example.org/a%7Db%7Bc%20d%5Ce}"


@pytest.mark.parametrize("lang", text.languages())
def test_every_provider_that_is_built_in_has_one_entry(lang):
    datasets = list(baseline().series.values())
    with text.speaking(lang):
        entries = parsed(citation.bibtex(datasets, CACHE_ID, "May 2026", "2026", "http://127.0.0.1/"))
    tables = loaders.catalogue()
    credits = [tables.credits[row.credit] for row in tables.series.values() if row.id in baseline().series]
    assert len(entries) == 1 + len({(credit.label, credit.citation) for credit in credits})
