"""What the pages look like: small pictures kept in ``tests/looks``, compared block by block.

A changed chart is meant to be seen here. If the change is wanted, look at the new pictures and keep them:
``TWO_SEAS_LOOKS=keep python -m pytest tests/test_looks.py``. The clock of the page stands still, for ages and
the hatched end of a record move with the day.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright", reason="playwright is a test tool: pip install -e '.[test]'")

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from tests.serving import Served, served  # noqa: E402
from tests.test_browser import DESK, PHONE, drawn, go, visit  # noqa: E402

pytestmark = pytest.mark.browser

KEPT = Path(__file__).with_name("looks")
KEEP = os.environ.get("TWO_SEAS_LOOKS") == "keep"
STILL = """
import numpy as np
from dashboard import clock
clock.today = lambda: np.datetime64("2026-06-30")
"""
VIEWS = {
    "overview": ("", DESK, "light"),
    "overview-dark": ("", DESK, "dark"),
    "overview-phone": ("", PHONE, "light"),
    "level": ("level?sea=caspian", DESK, "light"),
    "level-rate": ("level?sea=caspian&view=rate", DESK, "light"),
    "extent": ("extent", DESK, "light"),
    "climate": ("climate", DESK, "light"),
    "passage": ("commitments?sea=caspian&open=E4", DESK, "light"),
}
# A kept picture is a quarter as wide and high as the page; a block of it is a square of 40 pixels of a page.
SCALE, BLOCK = 4, 10
# Of 255: letters drawn by another version of the browser stay below, a moved line does not.
MOVED = 10.0
# Blocks of a page that may differ, and rows by which it may be longer.
FEW, ROWS = 3, 3


@pytest.fixture(scope="module")
def still(browser, tmp_path_factory) -> Iterator[Served]:
    """A server for which it is always the same day."""
    folder = tmp_path_factory.mktemp("still")
    (folder / "sitecustomize.py").write_text(STILL)
    with served(tmp_path_factory.mktemp("looks"), path=folder) as running:
        yield running


def picture(browser: Browser, url: str, address: str, size: dict, theme: str) -> Image.Image:
    """The whole page, a quarter as wide and high."""
    for page in visit(browser, url, viewport=size, color_scheme=theme):
        go(page, address)
        drawn(page)
        height = tall(page)
        page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(1_500)
        shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    return shot.resize((shot.width // SCALE, shot.height // SCALE), Image.Resampling.BOX)


def tall(page: Page) -> int:
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") + 20


def moved(one: Image.Image, other: Image.Image) -> int:
    """How many blocks of two pictures of one width differ, over the rows that both have."""
    height = min(one.height, other.height) // BLOCK * BLOCK
    width = one.width // BLOCK * BLOCK
    left, right = (np.asarray(part, "float32")[:height, :width] for part in (one, other))
    blocks = (
        np.abs(left - right).reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean(axis=(1, 3, 4))
    )
    return int((blocks > MOVED).sum())


@pytest.mark.parametrize("name", VIEWS)
def test_page_looks_as_it_did(browser, still, name, tmp_path):
    address, size, theme = VIEWS[name]
    found, kept = picture(browser, still.url, address, size, theme), KEPT / f"{name}.webp"
    if KEEP:
        found.save(kept, quality=80)
    known = Image.open(kept).convert("RGB")
    found.save(tmp_path / f"{name}.png")
    assert found.width == known.width
    assert abs(found.height - known.height) <= ROWS, f"longer or shorter: see {tmp_path}"
    assert moved(found, known) <= FEW, f"another picture: see {tmp_path}"


def test_a_chart_that_changed_is_seen(browser, still):
    changed = picture(browser, still.url, "level?sea=caspian&from=1990-01", DESK, "light")
    assert moved(changed, Image.open(KEPT / "level.webp").convert("RGB")) > 10 * FEW


def test_pictures_are_small():
    sizes = [path.stat().st_size for path in KEPT.glob("*.webp")]
    assert len(sizes) == len(VIEWS)
    assert max(sizes) < 60_000
