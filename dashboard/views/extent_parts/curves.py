"""What each metre of level is in area and volume: the Aral's yearly triples, the Caspian's ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
import xarray as xr

import loaders
from dashboard.figures import extent_charts
from dashboard.figures.extent_charts import Dots
from dashboard.markup import blocks
from dashboard.register import commitments
from dashboard.register.rows import Target
from dashboard.sentences import citation
from dashboard.series.snapshot import label
from dashboard.terrain import extent
from dashboard.terrain.extent import Curve
from dashboard.terrain.water_level import Standing
from dashboard.views.shell import chart
from dashboard.views.shell.frame import Frame
from dashboard.words.text import brief, day, number, t, translate

ARAL, CASPIAN = "aral-hypsometry-whole", "caspian-hypsometry-etopo"


def aral(current: Frame) -> None:
    """The whole Aral's curve: observed triples of yearly level, area and volume."""
    row = current.snapshot.catalogue.tables.get(ARAL)
    if row is None:
        st.info(t("extent.curve_missing"))
        return
    table, credit = loaders.open_table(ARAL), current.snapshot.catalogue.credits[row.credit]
    found = extent.curve(table)
    title, deck = _aral_words(found)
    if current.selection.sea == "aral":
        st.html(blocks.answer(t("extent.kicker"), title, [(deck, False)]))
    else:
        st.html(blocks.heading(title, deck))
    said = {
        "series_id": ARAL, "title": translate(row.title), "datum": row.datum or "", "source": credit.source,
        "source_label": credit.label, "licence": credit.licence, "citation": credit.citation,
        "source_url": credit.source_url, "caveat": row.caveat or "", "origin": "baseline",
    }  # fmt: skip
    dots = Dots(found.level, found.area, found.years)
    planned = _planned(row.datum or "")
    marks = [(target.value, _mark(target)) for target in planned]
    left, right = st.columns([62, 38], gap="large")
    with left:
        st.html(blocks.panel_title(t("extent.curve"), current.look.ink, t("extent.curve_unit")))
        about = [xr.Dataset(attrs=said)]
        _curve(current, "extent-curve", title, found.level, found.area, dots, "km²", about, table, marks)
    with right:
        st.html(blocks.panel_title(t("extent.bars"), current.look.ink, t("extent.bars_unit")))
        _bars(current, "extent-bars", extent.metres(found), about)
    st.html(blocks.small(row.caveat or ""))
    for target in planned:
        st.html(blocks.small(_document(target)))


def caspian(current: Frame, found: Curve, stood: Standing, flow: float | None) -> None:
    """The Caspian's curve from the ground, the satellite's years on it, and what the next metre is."""
    field = current.snapshot.fields[CASPIAN]
    area, volume = extent.below(found, stood.today)
    share = t("extent.below_share", share=number(volume / flow * 100, 0)) if flow else ""
    title = t("extent.title_below", level=number(stood.today, 1), area=number(area, 0))
    deck = t("extent.deck_below", volume=number(volume, 0), share=share, year=stood.year)
    st.html(blocks.heading(title, deck))
    cut, now = extent.inside_outline(found), found.at(stood.today)[1]
    on = stood.levels <= cut.level[-1]
    held = np.array([cut.at(level) for level in stood.levels[on]])
    years, color = [str(year) for year in stood.years[on]], current.look.caspian
    areas = Dots(stood.levels[on], held[:, 0], years)
    volumes = Dots(stood.levels[on], held[:, 1] - now, years)
    frame = field.to_dataframe().reset_index()
    left, middle, right = st.columns(3, gap="medium")
    with left:
        st.html(blocks.panel_title(t("extent.curve"), color, t("extent.caspian_unit")))
        _curve(current, "caspian-area", title, cut.level, cut.area, areas, "km²", [field], frame)
    with middle:
        st.html(blocks.panel_title(t("extent.volume"), color, t("extent.volume_unit", year=stood.year)))
        _curve(
            current, "caspian-volume", deck, cut.level, cut.volume - now, volumes, "km³", [field], frame
        )  # fmt: skip
    with right:
        st.html(blocks.panel_title(t("extent.bars"), color, t("extent.bars_caspian")))
        _bars(current, "caspian-bars", extent.metres(cut, 1.0), [field])
    filled = t("extent.caspian_filled", top=number(cut.level[-1], 1), lowest=number(cut.level[0], 1))
    st.html(blocks.small(filled))


def zero(stood: Standing) -> str:
    """What the level was moved by onto the ground's zero, or why it was not, and how far it can be off."""
    name = label(stood.row)
    if stood.offset:
        return t(
            "extent.zero_moved",
            label=name,
            gap=number(stood.offset.gap, 2, sign=True),
            error=number(stood.error, 2),
            other=label(stood.offset.one),
            first=stood.offset.first,
            last=stood.offset.last,
        )
    return t("extent.zero_kept", label=name, error=number(stood.error, 2))


def _aral_words(found: Curve) -> tuple[str, str]:
    steps = extent.metres(found)
    high, low = steps[0], min(steps, key=lambda step: step.uncovered)
    title = t(
        "extent.title_curve",
        high=number(high.uncovered, 0),
        top=brief(high.top),
        low=number(low.uncovered, 0),
        low_top=brief(low.top),
        low_bottom=brief(low.bottom),
    )
    return title, t("extent.deck_curve", first=min(found.years)[:4], last=max(found.years)[:4])


def _curve(
    current: Frame, key: str, title: str, level: np.ndarray, size: np.ndarray, dots: Dots, unit: str,
    about: Sequence[xr.Dataset], frame: pd.DataFrame, marks: Sequence[tuple[float, str]] = (),
) -> None:  # fmt: skip
    series = about[0].attrs["series_id"]
    color = current.look.caspian if series == CASPIAN else current.look.ink
    figure = extent_charts.hypsometry(
        level, size, dots, current.look, color, unit=translate(unit), series=series, marks=marks,
        credit=citation.credit(about, current.snapshot.cache_id), view=key,
    )  # fmt: skip
    first, last = int(np.argmax(dots.level)), int(np.argmin(dots.level))
    alt = t(
        "extent.alt_curve", title=title, high_year=dots.years[first], low_year=dots.years[last],
        high=number(float(dots.level[first]), 1), low=number(float(dots.level[last]), 1),
        high_size=number(float(dots.size[first]), 0), low_size=number(float(dots.size[last]), 0),
        unit=translate(unit),
    )  # fmt: skip
    files = [current.snapshot.fields[series]] if series in current.snapshot.fields else ()
    behind = chart.of_frame(key, title, lambda: frame, about, current, files)
    chart.show(figure, key=key, title=title, alt=alt, behind=behind, current=current)


def _bars(current: Frame, key: str, steps: Sequence[extent.Metre], about: Sequence[xr.Dataset]) -> None:
    names = [f"{brief(step.top)}…{brief(step.bottom)} {translate('m')}" for step in steps]
    values = np.array([step.uncovered for step in steps])
    figure = extent_charts.metre_bars(
        names, values, current.look, current.look.ink, series=about[0].attrs["series_id"],
        credit=citation.credit(about, current.snapshot.cache_id), view=key,
    )  # fmt: skip
    most, least = int(np.argmax(values)), int(np.argmin(values))
    alt = t(
        "extent.alt_bars", most=number(values[most], 0), most_at=names[most],
        least=number(values[least], 0), least_at=names[least],
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "from_m": [step.top for step in steps],
            "to_m": [step.bottom for step in steps],
            "km2_per_metre": values.round(0),
        }
    )
    behind = chart.of_frame(key, t("extent.bars"), lambda: frame, about, current)
    chart.show(figure, key=key, title=t("extent.bars"), alt=alt, behind=behind, current=current)


def _planned(datum: str) -> list[Target]:
    """Later official levels in the curve's own height system, and works on the dam without a level."""
    rows = commitments.register().targets.values()
    return [row for row in rows if row.indicator == "level" and row.datum == datum]


def _mark(target: Target) -> str:
    return f"{brief(target.value)} {translate(target.unit)}<br>{t(f'extent.status_{target.status}')}"


def _document(target: Target) -> str:
    return t(
        "extent.threshold",
        level=brief(target.value),
        label=target.label,
        who=target.who,
        document=target.document,
        said=day(np.datetime64(target.said)),
        status=t(f"extent.status_{target.status}"),
        caution=target.caution,
    )
