"""What a chart plots, as a table and as a file: like pairs, changes from a mean, rates."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

import loaders
from dashboard.palette import LIGHT
from dashboard.series import points
from dashboard.series.change import like_change, normal_change
from dashboard.series.lines import line_of
from dashboard.words.text import t
from tests.shots import baseline, made

QUARTERS, TRACK = "caspian-level-dahiti-2026-quarterly", "caspian-level-gwm"


def read(text: str) -> tuple[list[str], list[dict[str, str]]]:
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("#")]
    return head, list(csv.DictReader(io.StringIO("\n".join(lines[len(head) :]))))


def test_pairs_file_holds_before_after_and_difference():
    data = baseline().series[QUARTERS]
    change = like_change(data, as_of=np.datetime64("2030-01-01"))
    head, rows = read(
        loaders.table_to_csv(points.of_pairs(change), [data], view="https://x.example/?sea=caspian")
    )
    stored = dict(
        zip(data["time"].values.astype("datetime64[M]").astype(str), data["value"].values, strict=True)
    )
    assert [(row["before"], row["after"]) for row in rows] == [
        ("2023-04", "2025-04"),
        ("2023-07", "2025-07"),
        ("2022-10", "2025-10"),
        ("2023-01", "2026-01"),
    ]
    for row in rows:
        assert float(row["value_before"]) == stored[row["before"]]
        assert float(row["value_after"]) == stored[row["after"]]
        assert float(row["difference"]) == pytest.approx(stored[row["after"]] - stored[row["before"]])
        assert (row["unit"], row["datum"], row["series"]) == ("m", "dahiti-2026", QUARTERS)
    assert np.mean([float(row["difference"]) for row in rows]) == pytest.approx(-0.38, abs=0.005)
    assert f"# series: {QUARTERS}" in head
    assert "# datum: dahiti-2026" in head
    assert any(line.startswith("# citation: ") and len(line) > 20 for line in head)
    assert head[-1] == "# view: https://x.example/?sea=caspian"


def test_side_before_of_a_normal_is_no_single_month():
    months = np.arange(np.datetime64("1993-01"), np.datetime64("2025-01"))
    change = normal_change(
        made(TRACK, months, np.linspace(-26, -28, months.size), cadence="month"),
        as_of=np.datetime64("2030-01-01"),
    )
    assert set(points.of_pairs(change, normal=True)["before"]) == {"1993–2022"}


def test_changes_name_their_zero():
    data = made(TRACK, ["2020-01-01", "2021-01-01"], [0.5, -0.25], cadence="year")
    frame = points.of_changes([line_of(data, "A", LIGHT.ink)], "mean of 1993–2023")
    assert frame["value"].tolist() == [0.5, -0.25]
    assert set(frame["zero"]) == {"mean of 1993–2023"}
    assert list(points.spoken(frame).columns)[:3] == [t("chart.series"), t("chart.time"), t("chart.value")]


def test_rates_say_their_unit_and_interval():
    ends = np.array(["2024", "2025"], dtype="datetime64[Y]")
    frame = points.of_rates(
        TRACK, ends, np.array([-16.0, -17.0]), np.array([-20.0, -21.0]), np.array([-12.0, -13.0])
    )
    head, rows = read(loaders.table_to_csv(frame, [baseline().series[QUARTERS]]))
    assert [row["time"] for row in rows] == ["2024", "2025"]
    assert [(float(row["low"]), float(row["value"]), float(row["high"])) for row in rows] == [
        (-20, -16, -12),
        (-21, -17, -13),
    ]


def test_cell_that_a_spreadsheet_would_run_is_disarmed():
    frame = points.of_rates("=1+1", np.array(["2024"], dtype="datetime64[Y]"), *[np.array([-1.0])] * 3)
    frame.loc[0, "high"] = np.nan
    _, (row,) = read(loaders.table_to_csv(frame, [baseline().series[QUARTERS]]))
    assert row["series"] == "'=1+1"
    assert (row["value"], row["high"]) == ("-1.0", "")
