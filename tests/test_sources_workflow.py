"""The weekly run: it names the key of every source that needs one, and prints none."""

from __future__ import annotations

import re
from pathlib import Path

from loaders.environment import settings
from loaders.tables.catalogue import catalogue

WORKFLOW = Path(__file__).parents[1] / ".github" / "workflows" / "refresh.yml"


def test_every_key_is_handed_over_as_a_secret_and_never_in_a_command():
    text = WORKFLOW.read_text("utf-8")
    known = catalogue().sources.values()
    needed = {settings.variable(source, "KEY") for source in known if source.key_needed}
    assert len(needed) >= 4
    for name in needed:
        assert f"{name}: ${{{{ secrets.{name} }}}}" in text
    commands = re.findall(r"run: (?:\|\n((?: {10}.*\n)+)|(.+))", text)
    assert len(commands) == 4
    for command in commands:
        assert not re.search(r"secrets|_KEY|printenv|\benv\b|set -x", "".join(command))


def test_no_action_but_the_plain_ones_and_no_right_to_write():
    text = WORKFLOW.read_text("utf-8")
    assert set(re.findall(r"uses: (\S+)@v\d+", text)) == {
        "actions/checkout",
        "actions/setup-python",
        "actions/cache",
    }
    assert "contents: read" in text
    assert "write" not in re.sub(r"#.*", "", text)
