"""Figures as the browser gets them: gaps, flags, labels, colours; made-up series whose answer is plain."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from dashboard.figures import canvas, charts, marks, season_charts
from dashboard.figures.leaders import emptiest
from dashboard.palette import DARK, LIGHT
from dashboard.series.change import like_change
from dashboard.series.lines import Line, clip, line_of, monthly, shifted, steps_of
from dashboard.words.text import speaking
from tests.figure_json import (
    ASCII_MINUS,
    OWN_MARKUP,
    colors,
    load,
    notes,
    numbers,
    shown,
    strings,
    traces,
    vertical_lines,
)
from tests.shots import baseline, made, passes

TODAY = np.datetime64("2026-11-24")
YEARLY, TRACK = "caspian-level-dahiti-2026-annual", "caspian-level-gwm"
HOSTILE = "<img src=x onerror=alert(1)> $\\alpha$ </script> & &lt;b&gt; \N{RIGHT-TO-LEFT OVERRIDE}"


def dates(first: str, count: int, unit: str, step: int = 1) -> np.ndarray:
    return np.datetime64(first, unit) + np.arange(count) * step


def line(series: str = YEARLY, times=None, values=None, *, look=None, **more) -> Line:
    times = dates("2000", 20, "Y") if times is None else times
    values = np.linspace(-26, -28, len(times)) if values is None else values
    return line_of(made(series, times, values, **more), "A line", LIGHT.caspian, **(look or {}))


def panel(lines, look=LIGHT, **more):
    settings = {"unit": "m", "decimals": 2, "today": TODAY, "speech": "speech", "since": "nothing\nsince"}
    return load(charts.panel(lines, look, **{**settings, **more}))


def drawn(spec, series=YEARLY):
    """The points of the line itself, dots apart."""
    (one,) = traces(spec, series, mode="lines")
    return one["x"], numbers(one["y"])


# ---- gaps -------------------------------------------------------------------------------------------------

STEPS = {
    "day": ("D", 1, 20),
    "10-day": ("D", 10, 60),
    "month": ("M", 1, 2),
    "quarter": ("M", 3, 6),
    "year": ("Y", 1, 2),
}


@pytest.mark.parametrize("cadence", STEPS)
def test_missing_period_breaks_the_line(cadence):
    unit, step, gap = STEPS[cadence]
    early = dates("2010-01-01" if unit == "D" else "2010-01" if unit == "M" else "2010", 6, unit, step)
    late = early[-1] + gap + np.arange(6) * step
    spec = panel([line(times=np.concatenate([early, late]), cadence=cadence)])
    times, values = drawn(spec)
    assert np.flatnonzero(np.isnan(values)).tolist() == [6]  # after the six early ones
    assert str(early[-1].astype("datetime64[D]")) < times[6] < str(late[0].astype("datetime64[D]"))
    assert traces(spec, YEARLY, mode="lines")[0]["connectgaps"] is False


@pytest.mark.parametrize("cadence", STEPS)
def test_unbroken_record_is_one_line(cadence):
    unit, step, _ = STEPS[cadence]
    start = "2011-01-01" if unit == "D" else "2011-01" if unit == "M" else "2011"
    _, values = drawn(panel([line(times=dates(start, 30, unit, step), cadence=cadence)]))
    assert values.size == 30
    assert not np.isnan(values).any()


def test_four_missed_passes_are_still_bridged_and_seven_weeks_are_not():
    """A radar passes every ten days; a lost pass or three is no gap in the record."""
    for days, parts in ((40, 1), (49, 2)):
        times = np.concatenate([dates("2020-01-01", 5, "D", 10), dates("2020-02-10", 5, "D", 10) + days])
        _, values = drawn(panel([line(TRACK, times)]), TRACK)
        assert np.isnan(values).sum() == parts - 1


def test_missing_value_is_a_gap_too():
    values = np.linspace(-26, -28, 20)
    values[8] = np.nan
    _, seen = drawn(panel([line(values=values, flags=[1] * 8 + [9] + [1] * 11)]))
    assert np.isnan(seen).sum() == 1
    assert np.count_nonzero(~np.isnan(seen)) == 19


# ---- flags ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [4, 9])
def test_bad_and_missing_points_are_never_drawn(flag):
    values = np.full(20, -27.0)
    values[5] = 999.0
    flags = [1] * 5 + [flag] + [1] * 14
    for spec in (
        panel([line(values=values, flags=flags)]),
        load(season_figure(made(YEARLY, dates("2000-01", 20, "M"), values, flags=flags, cadence="month"))),
    ):
        for trace in spec["data"]:
            assert 999.0 not in numbers(trace["y"])
        assert "999" not in " ".join(shown(spec))


@pytest.mark.parametrize(("flags", "provisional"), [([1] * 18 + [3, 3], None), (None, [0] * 18 + [1, 1])])
def test_suspect_and_provisional_points_are_hollow(flags, provisional):
    spec = panel([line(flags=flags, provisional=provisional)])
    (hollow,) = [one for one in traces(spec, YEARLY, mode="markers") if "open" in one["marker"]["symbol"]]
    assert hollow["x"] == ["2018-01-01", "2019-01-01"]
    assert "2018-01-01" not in [
        at for one in spec["data"] if one.get("marker", {}).get("symbol") == "circle" for at in one["x"]
    ]


def test_good_points_are_not_hollow():
    spec = panel([line()])
    assert [one["marker"]["symbol"] for one in traces(spec, YEARLY, mode="markers")] == ["circle"]


def test_stated_figures_are_open_diamonds_without_a_line():
    spec = panel([line(times=["2010-01-01", "2015-06-01"], values=[1, 2], cadence="irregular")])
    (one,) = traces(spec, YEARLY)
    assert (one["mode"], one["marker"]["symbol"]) == ("markers", "diamond-open")


# ---- labels -----------------------------------------------------------------------------------------------


def test_end_label_is_the_last_whole_point():
    values = np.full(20, -27.0)
    values[-2:] = -28.25, -29.99
    spec = panel([line(values=values, flags=[1] * 19 + [3])])
    assert "<b>−28.25 m</b>\n2018" in notes(spec)
    assert not [text for text in notes(spec) if "29.99" in text]
    (note,) = [one for one in spec["layout"]["annotations"] if "28.25" in one["text"]]
    assert note["y"] == -28.25
    assert (note["xref"], note["x"], note["xanchor"]) == ("paper", 1, "left")  # outside the plot
    assert spec["layout"]["margin"]["r"] >= 60


def test_end_label_of_the_published_series():
    data = baseline().series[YEARLY]
    spec = panel([line_of(data, "Satellite", LIGHT.caspian)])
    assert "<b>−28.66 m</b>\n2025" in notes(spec)  # 2026 is a part-year


def test_hover_says_period_value_unit_and_source():
    data = made(YEARLY, dates("2000", 20, "Y"), np.full(20, -27.5), source="A provider", provider_version="7")
    (one,) = traces(panel([line_of(data, "x", LIGHT.caspian)]), YEARLY, mode="lines")
    assert one["hovertext"][3] == "2003: −27.50 m · A provider · 7"


def hostile_line(**look) -> Line:
    data = made(YEARLY, dates("2000", 20, "Y"), np.linspace(-26, -28, 20), source=HOSTILE)
    return line_of(data, HOSTILE, LIGHT.caspian, **look)


def long(lines, **more):
    settings = {"unit": "m", "decimals": 2, "speech": "speech", "zero": "2010"}
    return load(charts.long_view(lines, LIGHT, **{**settings, **more}))


HOSTILE_FIGURES = {
    "panel": lambda: panel(
        [hostile_line()], credit=HOSTILE, marks=[marks.Mark(np.datetime64("2005-01-01"), -27, HOSTILE)]
    ),
    "long": lambda: long(
        [hostile_line(), hostile_line(role="comparison")],
        residuals=[hostile_line()],
        residual_title=HOSTILE,
        credit=HOSTILE,
    ),
    "pairs": lambda: load(pairs_figure(credit=HOSTILE)),
    "seasons": lambda: load(season_figure(months(), credit=HOSTILE)),
    "rate": lambda: load(rate_figure(credit=HOSTILE)),
}


@pytest.mark.parametrize("kind", HOSTILE_FIGURES)
def test_hostile_text_is_escaped(kind):
    spec = HOSTILE_FIGURES[kind]()
    found = [OWN_MARKUP.sub("", text) for text in strings(spec)]
    assert not [text for text in found if "<" in text or "$" in text]
    assert any("&lt;img" in text for text in found)
    assert any("&#36;" in text for text in found)


def test_escaped_text_reads_as_it_was_written():
    assert unescape(canvas.escape(HOSTILE)) == HOSTILE


@pytest.mark.parametrize("name", ["Gauges of the R&D institute", "fifteen letters<>&$", HOSTILE])
def test_name_in_the_margin_is_never_cut_inside_an_escape(name):
    spec = long([line()], residuals=[replace(line(), label=name)])
    said = [text for text in notes(spec) if canvas.escape(name.split()[0])[:8] in text.replace("\n", "")]
    assert said
    assert all(piece == canvas.escape(unescape(piece)) for piece in said[0].split("\n"))


# ---- every figure -----------------------------------------------------------------------------------------


def months() -> object:
    first = np.datetime64("2015-01", "M")
    times = first + np.arange(96)
    return made(TRACK, times, -27 + np.sin(np.arange(96)), cadence="month")


def season_figure(data, look=LIGHT, **more):
    return season_charts.seasons(data, look, look.caspian, decimals=2, recent=2, **more)


def pairs_figure(look=LIGHT, **more):
    change = like_change(
        made(TRACK, *passes(-28.0, [-0.1, -0.3, -0.1, -0.3])), as_of=np.datetime64("2030-01-01")
    )
    return season_charts.like_pairs(change, look, look.caspian, decimals=2, **more)


def rate_figure(look=LIGHT, **more):
    ends, slopes = dates("2000", 20, "Y"), np.linspace(-20, 5, 20)
    return charts.rate(ends, slopes, slopes - 3, slopes + 3, look, look.caspian, speech="speech", **more)


FIGURES = {
    "panel": lambda look: charts.panel(
        [line_of(made(YEARLY, dates("2000", 20, "Y"), np.linspace(-26, -28, 20)), "A", look.caspian)],
        look,
        unit="m",
        decimals=2,
        today=TODAY,
        speech="speech",
        since="nothing\nsince",
    ),
    "long": lambda look: charts.long_view(
        [line_of(made(YEARLY, dates("2000", 30, "Y"), np.linspace(2, -2, 30)), "A", look.caspian)],
        look,
        unit="m",
        decimals=2,
        speech="speech",
        zero="2010",
    ),
    "pairs": lambda look: pairs_figure(look),
    "seasons": lambda look: season_figure(months(), look),
    "rate": lambda look: rate_figure(look),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_two_calls_give_the_same_bytes(kind):
    assert FIGURES[kind](LIGHT).to_json() == FIGURES[kind](LIGHT).to_json()


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", FIGURES)
def test_no_colour_is_outside_the_palette(kind, look):
    known = set(vars(look).values())
    spec = load(FIGURES[kind](look))
    faint = {canvas.faint(color) for color in known}
    assert colors(spec) <= known | faint | {"rgba(0,0,0,0)"}
    assert spec["layout"]["font"]["family"].startswith('"Source Sans"')


@pytest.mark.parametrize("kind", FIGURES)
def test_minus_is_the_true_one(kind):
    texts = list(shown(load(FIGURES[kind](LIGHT))))
    assert not [text for text in texts if ASCII_MINUS.search(text)]
    assert [text for text in texts if "\N{MINUS SIGN}" in text]


@pytest.mark.parametrize("kind", [kind for kind in FIGURES if kind not in ("pairs", "seasons")])
def test_speech_is_a_dated_line_with_a_colour(kind):
    spec = load(FIGURES[kind](DARK))
    assert vertical_lines(spec) == ["2023-11-24"]
    (shape,) = [one for one in spec["layout"]["shapes"] if one["x0"] == "2023-11-24"]
    assert shape["line"]["color"] == DARK.ink  # plotly's own default is invisible on the dark ground


@pytest.mark.parametrize("kind", FIGURES)
def test_no_axis_of_a_level_is_forced_to_zero(kind):
    for name, axis in load(FIGURES[kind](LIGHT))["layout"].items():
        if name.startswith("yaxis") and name != "yaxis9":
            assert axis.get("rangemode", "normal") == "normal"
            assert "range" not in axis


def test_areas_and_flows_start_at_zero():
    assert panel([line()], zero=True)["layout"]["yaxis"]["rangemode"] == "tozero"


# ---- size, period, absence --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [4_999, 5_000, 5_001, 12_000, 40_000])
def test_at_most_5000_points_with_the_newest_among_them(count):
    times = dates("1900-01-01", count, "D")
    spec = panel([line(TRACK, times, np.arange(count, dtype=float), cadence="day")])
    x, values = drawn(spec, TRACK)
    assert len(x) <= 5_000
    assert x[0] == "1900-01-01"
    assert x[-1] == str(times[-1])
    assert values[-1] == count - 1
    assert not np.isnan(values).any()


def test_period_keeps_both_ends():
    kept = clip(line(), np.datetime64("2005-01", "M"), np.datetime64("2010-01", "M"))
    assert [str(at)[:4] for at in kept.times] == ["2005", "2006", "2007", "2008", "2009", "2010"]
    assert len(kept.steps) == kept.values.size == 6


def test_change_since_a_year_takes_the_same_off_every_value():
    before, after = line(), shifted(line(), -27.0)
    assert after.values == pytest.approx(before.values + 27.0)


@pytest.mark.parametrize(("last", "hatched"), [("2018", True), ("2025", False)])
def test_record_that_ended_long_ago_is_hatched_to_today(last, hatched):
    spec = panel([line(times=dates("2000", int(last) - 1999, "Y"))])
    assert bool(traces(spec, "none")) is hatched
    assert ("nothing\nsince" in notes(spec)) is hatched
    if hatched:
        (area,) = traces(spec, "none")
        assert (area["x"][0], area["x"][-1]) == ("2019-01-01", "2026-11-24")
        assert spec["layout"]["xaxis"]["range"] == ["2000-01-01", "2026-11-24"]


@pytest.mark.parametrize("speech", ["speech", "a much longer word for it"])
def test_time_axis_ends_today_whatever_the_words_on_it(speech):
    spec = panel([line(times=dates("2000", 26, "Y"))], speech=speech)
    assert spec["layout"]["xaxis"]["range"] == ["2000-01-01", "2026-11-24"]


def test_mark_at_the_start_stands_clear_of_the_axis():
    stated = line(times=["2006-01-01", "2021-01-01"], values=[1.0, 2.0], look={"marks": True})
    start, end = panel([stated])["layout"]["xaxis"]["range"]
    assert "2005-01-01" < start < "2006-01-01"
    assert end == "2026-11-24"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.45, 0.5, 0.55, 0.7, 1.0])
def test_words_of_the_hatch_keep_clear_of_the_end_label(share):
    values = np.array([0.0, 100.0, 100 * share])
    old = line(times=dates("2000", 3, "Y"), values=values, look={"age": "24 years old"})
    layout = panel([old], zero=True, height=210, since="no open\nfigure\nfound\nsince")["layout"]
    (words,) = [one for one in layout["annotations"] if "figure" in one["text"]]
    (label,) = [one for one in layout["annotations"] if "24 years old" in one["text"]]
    plot = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    # Rows of 1.3 times the letters' height, 12 and 13 pixels; the axis reaches a little beyond the highest.
    middle = plot * share / 1.055 + label.get("yshift", 0)
    apart = middle - words["y"] * plot if words["yanchor"] == "bottom" else words["y"] * plot - middle
    assert apart >= 1.3 * (4 * 12 + 1.5 * 13)
    assert 0 <= middle <= plot


def test_credit_line_is_part_of_the_picture():
    spec = panel([line()], credit="Data: a provider. Retrieved 12 Jun 2026. Cache 0123456789ab.")
    assert "Data: a provider. Retrieved 12 Jun 2026. Cache 0123456789ab." in [
        text.replace("\n", " ") for text in notes(spec)
    ]


def test_long_credit_line_makes_the_picture_taller():
    short = panel([line()], credit="Data: a provider.")["layout"]
    tall = panel([line()], credit="Data: a provider. " * 20)["layout"]
    assert tall["height"] - short["height"] == tall["margin"]["b"] - short["margin"]["b"] > 0


def test_pairs_show_each_difference():
    spec = load(pairs_figure())
    said = [text for text in notes(spec) if text.startswith("<b>")]
    # Blocks of three months of -0.1, -0.3, -0.1, -0.3 m, each drawn in its calendar month.
    assert sorted(said) == ["<b>−0.10</b>"] * 6 + ["<b>−0.30</b>"] * 6
    (before, after) = [one for one in spec["data"] if one["mode"] == "markers+text"]
    assert (before["marker"]["symbol"], after["marker"]["symbol"]) == ("circle-open", "circle")
    assert before["x"] == after["x"]
    assert before["x"][0] == "Jan"


def test_quarters_too_long_for_a_phone_stand_in_two_rows():
    """Four names share the 222 pixels of a phone's chart: 55 each, of which a letter of 12 pixels takes 6."""
    quarters = made(YEARLY, dates("2024-01", 8, "M", 3), np.arange(8.0), cadence="quarter")
    assert "ticktext" not in load(season_figure(quarters))["layout"]["xaxis"]
    with speaking("ru"):
        axis = load(season_figure(quarters))["layout"]["xaxis"]
    assert axis["ticktext"][2] == "июль–<br>сент."
    assert axis["tickvals"] == axis["categoryarray"]


def test_fine_series_becomes_complete_months():
    times = ["2020-01-05", "2020-01-15", "2020-01-25", "2020-02-05", "2020-03-05", "2020-03-25"]
    track = made(TRACK, times, [1.0, 2.0, 6.0, 9.0, 4.0, 5.0])
    data = monthly(track, np.datetime64("2020-04-01"), 2)
    assert [str(at)[:7] for at in data["time"].values] == ["2020-01", "2020-03"]
    assert data["value"].values.tolist() == [3.0, 4.5]
    # On its last day March is not over.
    assert monthly(track, np.datetime64("2020-03-31"), 2)["value"].values.tolist() == [3.0]


def test_each_point_says_what_it_stands_for():
    assert steps_of(baseline().series[YEARLY])[0] == "year"
    stated = baseline().series["north-aral-level-published"]
    printed = dict(zip([str(at)[:10] for at in stated["time"].values], steps_of(stated), strict=True))
    assert printed["2023-03-05"] == "day"


# ---- names on leaders -------------------------------------------------------------------------------------


def test_a_name_stands_where_the_figure_is_emptiest():
    """A valley from 1960 to 1999 beside a line at its floor has its room above, a hill below."""
    years = dates("1920", 100, "Y")
    valley = np.where((years >= np.datetime64("1960")) & (years < np.datetime64("2000")), -10.0, 0.0)
    for sign in (1, -1):
        named, floor = line(times=years, values=sign * valley), line(times=years, values=[-10.0 * sign] * 100)
        place = emptiest(named, [named, floor], (), ())
        assert np.datetime64("1975-10") < place.when < np.datetime64("1983-03")  # half a name is 16.8 years
        assert place.value == -10.0 * sign
        assert place.height == pytest.approx(-7.0 * sign)  # three tenths of the range away


def test_names_keep_clear_of_lines_marks_and_each_other():
    years = dates("1920", 100, "Y")
    first, second = (line(times=years, values=[value] * 100) for value in (0.0, 1.0))
    steep = line(times=years, values=np.linspace(0, 10, 100))
    lines = [first, second, steep]
    one = emptiest(second, lines, (), ())
    assert one.when == np.datetime64("1937-01-01")  # the emptiest end, half a name from it
    assert one.height == pytest.approx(10 * 33 / 99 + 3.0, abs=0.2)
    other = emptiest(first, lines, (), [one])
    assert abs(other.height - one.height) >= 1.0 or abs(other.when - one.when) > np.timedelta64(16 * 365, "D")
    mark = marks.Mark(np.datetime64("1937-01-01"), 9.0, "words", dy=16)
    assert emptiest(second, lines, [mark], ()).when > np.datetime64("1953-01-01")
    assert emptiest(line(times=years[:3], values=[0, 1, 2]), lines, (), ()) is None
