"""Warm script run of each page beside an empty script, and the time to load the whole cache.

Medians of interleaved runs in one process; the ratio is the figure to quote, the seconds are for orientation.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[1] / "dashboard" / "app.py"
PAGES = ("overview", "level", "commitments", "data")
RUNS = 9


def seconds(test: AppTest) -> float:
    start = time.perf_counter()
    test.run(timeout=60)
    took = time.perf_counter() - start
    if test.exception:
        raise RuntimeError(test.exception[0].value)
    return took


def main() -> None:
    import loaders

    start = time.perf_counter()
    count = len(loaders.open_all())
    print(f"whole cache: {count} series in {time.perf_counter() - start:.2f} s (with the first imports)")
    empty = AppTest.from_string("import streamlit as st\nst.write('x')")
    seconds(empty)
    for page in PAGES:
        test = AppTest.from_file(str(APP))
        seconds(test)
        if page != "overview":
            test.switch_page(f"views/{page}.py")
        seconds(test)
        pairs = [(seconds(test), seconds(empty)) for _ in range(RUNS)]
        ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(f"{page:12} {ours:.3f} s   {ours / floor:5.1f} x an empty script ({floor:.3f} s)")


if __name__ == "__main__":
    main()
