"""The pictures of one passage opened: its condition, its series."""

from __future__ import annotations

import numpy as np
import streamlit as st
import xarray as xr

from dashboard.figures import charts, reading_charts
from dashboard.markup import blocks
from dashboard.readings.condition.fit.estimates import Carried
from dashboard.readings.condition.records import Condition
from dashboard.readings.records import Assessment
from dashboard.sentences import arithmetic, citation, one_series
from dashboard.sentences import verdicts as wording
from dashboard.series.comparison import headline, linked
from dashboard.series.lines import clip, line_of
from dashboard.series.periods import annual_means, monthly_means
from dashboard.series.snapshot import label
from dashboard.views.shell import chart, frame
from dashboard.words.text import t
from loaders.tables.items import Series


def condition_pictures(current: frame.Frame, found: Assessment, reading: Condition) -> bool:
    """The placebo histogram and the trend carried on; False where neither can be drawn."""
    snapshot, look = current.snapshot, current.look
    decided, drawn = wording.deciding(reading), False
    place = snapshot.catalogue.places[reading.place]
    color = look.line(snapshot.tone(reading.place, place.sea))
    if decided is not None and decided.band is not None and decided.series in snapshot.series:
        drawn = True
        dataset = snapshot.series[decided.series]
        row = snapshot.catalogue.series[decided.series]
        st.html(
            blocks.panel_title(
                t("opened.placebo_title"), look.ink, f"{t('opened.placebo_deck')} {label(row)}."
            )
        )
        after = t("opened.placebo_after", change=arithmetic.rate(decided.change))
        words = {name: t(f"opened.placebo_{name}") for name in ("band", "falling", "rising")}
        key = f"placebo-{found.row.id}-{reading.place}"
        figure = reading_charts.histogram(
            decided.placebos,
            decided.change,
            decided.band.low,
            decided.band.high,
            look,
            color,
            words={**words, "after": after},
            series=decided.series,
            credit=citation.credit([dataset], snapshot.cache_id),
            view=key,
        )
        alt = ". ".join(f"{name}: {value}" for name, value in arithmetic.baseline_lines(decided))
        line = line_of(dataset, label(row), color)
        chart.chart(figure, key=key, title=t("opened.placebo_title"), alt=alt, lines=[line], current=current)
    if reading.carried is not None and reading.carried.series in snapshot.series:
        drawn = True
        carried = reading.carried
        dataset, row = snapshot.series[carried.series], snapshot.catalogue.series[carried.series]
        st.html(
            blocks.panel_title(
                t("opened.carried_title"), look.ink, t("opened.carried_deck", label=label(row))
            )
        )
        key = f"carried-{found.row.id}-{reading.place}"
        unit = snapshot.catalogue.indicators[row.indicator].unit_label
        figure = reading_charts.carried_on(
            carried.times,
            carried.observed,
            carried.expected,
            carried.low,
            carried.high,
            look,
            color,
            unit=unit,
            speech=t("card.speech"),
            words=t("opened.carried_on"),
            earlier=_before(dataset, row, carried, current.today),
            step=carried.step,
            series=carried.series,
            credit=citation.credit([dataset], snapshot.cache_id),
            view=key,
        )
        alt = frame.alt_of(current, dataset, unit, 2)
        line = line_of(dataset, label(row), color)
        chart.chart(figure, key=key, title=t("opened.carried_title"), alt=alt, lines=[line], current=current)
    return drawn


def _before(
    dataset: xr.Dataset, row: Series, carried: Carried, as_of: np.datetime64
) -> tuple[np.ndarray, np.ndarray]:
    """What was observed from the start of the carried trend to the speech."""
    if carried.step == "year":
        times, values = annual_means(dataset, as_of, row.min_obs_per_month)
    else:
        times, values = monthly_means(dataset, as_of, row.min_obs_per_month)
    keep = (times.astype("datetime64[M]") >= np.datetime64(carried.start, "M")) & (times < carried.times[0])
    return times[keep], values[keep]


def series_picture(current: frame.Frame, found: Assessment) -> None:
    """A passage without a placebo test shows its first series."""
    snapshot, look = current.snapshot, current.look
    first = headline(linked(snapshot, found.row.series, current.comparison)[0])
    if first is None:
        st.info(t("commitments.none_linked"))
        return
    color, text_color = (
        look.line(snapshot.tone(first.row.place, first.row.sea)),
        look.text(snapshot.tone(first.row.place, first.row.sea)),
    )
    line = clip(
        line_of(snapshot.series[first.row.id], label(first.row), color, text_color=text_color),
        *current.period,
    )
    if not line.times.size:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    indicator = snapshot.catalogue.indicators[first.row.indicator]
    dataset = snapshot.series[first.row.id]
    st.html(blocks.panel_title(first.row.title, look.ink, one_series.about(first.row, snapshot)))
    figure = charts.panel(
        [line],
        look,
        unit=indicator.unit_label,
        decimals=indicator.decimals,
        today=current.today,
        since=current.absence,
        speech=t("card.speech"),
        height=260,
        credit=citation.credit([dataset], snapshot.cache_id),
        view=found.row.id,
    )
    key = f"commitment-{found.row.id}"
    alt = frame.alt_of(current, dataset, indicator.unit_label, indicator.decimals)
    chart.chart(figure, key=key, title=first.row.title, alt=alt, lines=[line], current=current)
