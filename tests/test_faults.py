"""Every fault of the catalogue has a test, and docs/faults.md names exactly the tests that exist."""

from __future__ import annotations

import pytest

from tests import fault_register
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def covering():
    return fault_register.covering()


def test_catalogue_counts_what_was_planned():
    groups, faults = fault_register.catalogue()
    counts = {letter: sum(fault[0] == letter for fault in faults) for letter in groups}
    assert counts == {"N": 29, "P": 16, "S": 17, "D": 12, "C": 8, "U": 8}
    for letter, count in counts.items():
        assert {f"{letter}{number:02}" for number in range(1, count + 1)} <= set(faults)


def test_every_fault_has_a_test_and_every_mark_is_a_fault(covering):
    assert sorted(set(fault_register.catalogue()[1]) - set(covering)) == []
    assert sorted(set(covering) - set(fault_register.catalogue()[1])) == []


def test_page_of_faults_names_the_tests_that_exist(covering):
    text = (ROOT / "docs" / "faults.md").read_text("utf-8")
    stated = fault_register.listed(text)
    assert [row[:4] for row in stated] == [row[:4] for row in fault_register.rows(covering, {})]
    assert {row[4] for row in stated} <= {"passed", "skipped"}
    assert text.startswith(fault_register.HEAD)
