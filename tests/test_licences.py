"""The licence table in the documentation is the one that the catalogue gives, and leaves nobody out."""

from __future__ import annotations

from loaders.tables.catalogue import catalogue
from loaders.tables.licences import markdown
from tests.conftest import ROOT


def test_documented_table_is_current():
    assert (ROOT / "docs" / "data-licences.md").read_text("utf-8") == markdown(catalogue())


def test_every_group_and_source_states_its_terms():
    text = markdown(catalogue())
    for credit in catalogue().credits.values():
        assert f"`{credit.id}`" in text
        assert credit.licence.strip()
    assert "CC BY 3.0" in text  # DAHITI
    assert "CC BY 4.0" in text  # World Bank, Open-Meteo
