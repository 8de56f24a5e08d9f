"""Sea level: every source over its whole record, like periods since the speech, the swing within a year."""

import pandas as pd
import streamlit as st

from dashboard import levels, markup, sentences
from dashboard.analysis import SPEECH, annual_means
from dashboard.figures import charts
from dashboard.findings import BODIES, finding
from dashboard.lines import clip, line_of, monthly, shifted, steps_of
from dashboard.sentences import first_period, newest_period
from dashboard.snapshot import label, last_time
from dashboard.text import day, number, period, t
from dashboard.views import parts

YEAR = 2023
current = parts.frame()
snapshot, selection, look = current.snapshot, current.selection, current.look
start, end = current.period
unit = snapshot.catalogue.indicators["level"].unit_label
rows = [row for row in current.rows if row.indicator == "level"]
if selection.indicator not in ("", "level"):
    name = snapshot.catalogue.indicators[selection.indicator].label
    st.info(t("level.other_indicator", indicator=name))
    st.page_link("views/overview.py", label=t("level.go_overview", indicator=name.lower()))
    rows = parts.without_indicator(current)


def color_of(row):
    return look.of_place(row.place, row.sea)


def drawn(row, **more):
    line = line_of(
        snapshot.series[row.id],
        label(row),
        color_of(row),
        text_color=look.text_of_place(row.place, row.sea),
        **more,
    )
    return clip(line, start, end)


def credit_of(drawn_lines):
    return parts.credit([snapshot.series[line.series] for line in drawn_lines], snapshot.cache_id)


def show(figure, key, title, drawn_lines, alt):
    parts.chart(figure, key=key, title=title, alt=alt, lines=drawn_lines, current=current)


@parts.panel()
def caspian():
    """The long view as change since one year, then like periods and the swing within a year."""
    mine = [row for row in rows if row.place == "caspian"]
    together = levels.comparable(snapshot, mine, YEAR)
    if not together:
        st.html(markup.answer(t("level.kicker", sea=t("sea.caspian")), t("level.title_plain")))
        separate([row for row in mine if row.cadence != "irregular"])
        about([], mine)
        stated(mine, "caspian")
        return
    body = finding(snapshot, "caspian", current.comparison, mine)
    lead = together[0]
    line = levels.yearly_line(snapshot, lead, look.caspian)
    last = int(line.times[-1].astype("datetime64[Y]").astype(int)) + 1970
    change = float(line.values[-1]) - levels.value_in(line, YEAR)
    title = t(
        "level.title_change",
        label=label(lead),
        amount=number(abs(change)),
        unit=unit,
        direction=t(f"direction.{'lower' if change < 0 else 'higher'}"),
        first=YEAR,
        last=last,
    )
    if last == YEAR:
        first = period(line.times[0].astype("datetime64[D]"), "year")
        title = t("level.title_record", label=label(lead), first=first, last=last)
    deck = [(t("level.deck_caspian", year=YEAR), False)]
    if body.agreement and body.agreement.main.series != lead.id:
        deck.append((bridge(body.agreement.main), False))
    st.html(markup.answer(t("level.kicker", sea=t("sea.caspian")), title, deck))
    view = st.segmented_control(
        t("level.view"),
        ["long", "change", "seasonal", "rate"],
        key="f_view",
        required=True,
        format_func=lambda key: t(f"level.view_{key}"),
        label_visibility="collapsed",
    )
    if view == "long":
        long_view(together)
    elif view == "change":
        like_periods(body)
    elif view == "seasonal":
        swing(body, mine)
    else:
        rate(lead)
    if view == "long":
        left, right = st.columns(2, gap="large")
        with left:
            like_periods(body)
        with right:
            swing(body, mine)
    about(together, mine)
    stated(mine, "caspian")


def bridge(main):
    """Why the Overview's number is not this page's: another source, another step."""
    row = snapshot.catalogue.series[main.series]
    steps = t(f"step.{main.step}_many")
    return t(
        "level.deck_bridge", amount=f"{number(main.change, sign=True)} {unit}", label=label(row), steps=steps
    )


@parts.panel()
def long_view(together):
    lines, residuals = [], []
    reference, base = None, 0.0
    for at, row in enumerate(together[: levels.LONGEST]):
        line = levels.yearly_line(
            snapshot,
            row,
            look.caspian if at == 0 else look.ink if at == 1 else look.comparison,
            role=("main", "second", "comparison")[at],
        )
        zero = levels.value_in(line, YEAR)
        if reference is None:
            reference, base = line, zero
        else:
            residuals.append(clip(levels.residual(line, reference, zero, base), start, end))
        lines.append(clip(shifted(line, zero), start, end))
    lines = [line for line in lines if line.times.size]
    residuals = [line for line in residuals if line.times.size]
    if not lines:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    st.html(markup.small(t("level.unit_change", unit=unit, year=YEAR)))
    figure = charts.long_view(
        lines,
        look,
        unit=unit,
        decimals=2,
        zero=t("level.zero", year=YEAR),
        speech=t("card.speech_long", date=day(SPEECH)),
        residuals=residuals,
        residual_title=t("level.residual", label=label(together[0]), unit=unit),
        marks=charts.extremes(lines[0], unit),
        view="level-long",
        credit=credit_of(lines),
    )
    alt = parts.alt_of(current, snapshot.series[lines[0].series], unit, 2)
    show(
        figure,
        "level-long",
        t("level.title_caspian", first=lines[0].times[0].astype("datetime64[Y]")),
        lines,
        alt,
    )
    said = [
        t(
            "level.offset",
            one=label(gap.one),
            other=label(gap.other),
            gap=number(gap.gap),
            spread=number(gap.spread),
            unit=unit,
            first=gap.first,
            last=gap.last,
            count=gap.count,
        )
        for gap in levels.offsets(snapshot, together[: levels.LONGEST])
    ]
    if said:
        st.html(markup.small(" ".join(said)))


@parts.panel()
def like_periods(body):
    """Where the headline number comes from: each period before and after."""
    if not body.agreement:
        changes = [change for change in body.changes if change.reason]
        why = sentences.reason(changes[0]) if changes else t("reason.no_series")
        st.html(markup.heading(t("level.view_change"), t("level.pairs_none", reason=why)))
        return
    main = body.agreement.main
    row = snapshot.catalogue.series[main.series]
    words = {
        "amount": number(main.change, sign=True),
        "unit": unit,
        "error": number(2 * main.uncertainty),
        "label": f"{label(row)}, {snapshot.catalogue.datums[main.datum].label}",
    }
    st.html(
        markup.heading(
            t("level.pairs_title", **words),
            t("level.pairs_deck", step_one=t(f"step.{main.step}_one"), **words),
        )
    )
    line = drawn(row)
    figure = charts.like_pairs(
        main,
        look,
        color_of(row),
        decimals=2,
        view="level-pairs",
        credit=credit_of([line]),
    )
    change, how = sentences.change_words(main, snapshot)
    show(figure, f"level-pairs-{row.place}", t("level.pairs_title", **words), [line], f"{change}. {how}.")


@parts.panel()
def swing(body, mine):
    """The years laid over one another, for the series of the headline or the one with a normal band."""
    fine = [row for row in mine if row.cadence in ("quarter", "month", "10-day")]
    if not fine:
        st.html(markup.heading(t("level.season_title"), t("level.season_none")))
        return
    row = next((row for row in fine if body.agreement and row.id == body.agreement.main.series), None)
    row = row or max(fine, key=lambda row: last_time(snapshot.series[row.id]))
    dataset = parts.inside(monthly(snapshot.series[row.id], row.min_obs_per_month), start, end)
    if not dataset.sizes["time"]:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    band = levels.normal_band(dataset) if dataset.attrs["cadence"] == "month" else None
    deck = t(
        "level.season_deck",
        steps=t(f"step.{'quarter' if row.cadence == 'quarter' else 'month'}_many"),
        label=label(row),
        unit=unit,
    )
    st.html(markup.heading(t("level.season_title"), deck + (" " + t("level.season_band") if band else "")))
    line = drawn(row)
    figure = charts.seasons(
        dataset,
        look,
        color_of(row),
        decimals=2,
        recent=2,
        band=band,
        view="level-seasons",
        credit=credit_of([line]),
    )
    alt = parts.alt_of(current, snapshot.series[row.id], unit, 2)
    show(figure, "level-seasons", t("level.season_title"), [line], alt)


@parts.panel()
def rate(row):
    years, values = annual_means(snapshot.series[row.id], row.min_obs_per_month)
    ends, slopes, low, high = levels.running_rate(years, values)
    st.html(markup.heading(t("level.rate_title"), t("level.rate_deck", label=label(row))))
    if not ends.size:
        st.info(t("chart.empty", hint=t("chart.empty_hint")))
        return
    line = drawn(row)
    figure = charts.rate(
        ends,
        slopes * 100,
        low * 100,
        high * 100,
        look,
        look.caspian,
        speech=t("card.speech_long", date=day(SPEECH)),
        view="level-rate",
        credit=credit_of([line]),
    )
    words = f"{number(slopes[-1] * 100, 1, sign=True)} cm, {ends[-1]}"
    show(figure, "level-rate", t("level.rate_title"), [line], f"{t('level.rate_title')}: {words}.")


@parts.panel()
def aral():
    """Each basin and each height system in a panel of its own."""
    mine = [row for row in rows if row.sea == "aral"]
    whole = [row for row in mine if row.place == "aral"]
    until = period(last_time(snapshot.series[whole[0].id]), "year") if whole else "1990"
    title = t("level.title_aral")
    if selection.sea == "aral":
        st.html(
            markup.answer(
                t("level.kicker", sea=t("sea.aral")), title, [(t("level.deck_aral", whole=until), False)]
            )
        )
    else:
        st.html(markup.heading(title, t("level.deck_aral", whole=until)))
    for body in (body for body in BODIES if body != "caspian"):
        found = finding(snapshot, body, current.comparison, mine)
        if found.agreement:
            like_periods(found)
    separate([row for row in mine if row.cadence != "irregular"])
    about([], mine)
    stated(mine, "aral")


def separate(mine):
    """One panel per series, so that no two height systems share an axis."""
    if not mine:
        st.info(t("level.no_line"))
        return
    for three in (mine[at : at + 3] for at in range(0, len(mine), 3)):
        for row, column in zip(three, st.columns(3, gap="medium"), strict=False):
            line = drawn(row)
            if not line.times.size:
                continue
            with column, parts.panel():
                color = look.text_of_place(row.place, row.sea)
                st.html(markup.panel_title(label(row), color, sentences.about(row, snapshot)))
                figure = charts.panel(
                    [line],
                    look,
                    unit=unit,
                    decimals=2,
                    today=current.today,
                    since=current.absence,
                    speech=t("card.speech"),
                    view=row.id,
                    credit=credit_of([line]),
                )
                alt = parts.alt_of(current, snapshot.series[row.id], unit, 2)
                show(figure, f"level-{row.id}", row.title, [line], alt)


@parts.panel()
def about(together, mine):
    """What each line is: its zero in words, its span, its grade."""
    listed = [*together, *(row for row in mine if row not in together and row.cadence != "irregular")]
    if not listed:
        return
    labels = [t(f"level.about_{name}") for name in ("label", "datum", "covers", "grade")]
    body = []
    for row in listed:
        dataset = snapshot.series[row.id]
        span = t(
            "level.covers",
            zone=t(f"zone.{row.zone}"),
            first=first_period(dataset),
            last=newest_period(dataset),
        )
        words = snapshot.catalogue.datums[row.datum].words
        body.append((label(row), words, span, t(f"grade.{row.provenance_grade}")))
    columns = "minmax(0,2.2fr) minmax(0,3.4fr) minmax(0,2.6fr) minmax(0,1.3fr)"
    st.html(markup.heading(t("level.about")) + markup.table(labels, body, columns))


@parts.panel()
def stated(mine, key):
    """Single stated figures, newest first, each with its height system and who said it."""
    found = []
    for row in (row for row in mine if row.cadence == "irregular"):
        dataset = parts.inside(snapshot.series[row.id], start, end)
        notes = dataset["note"].values if "note" in dataset else [""] * dataset.sizes["time"]
        pages = dataset["source_url"].values if "source_url" in dataset else [""] * dataset.sizes["time"]
        points = zip(
            dataset["time"].values,
            steps_of(dataset),
            dataset["value"].values,
            dataset["qc"].values,
            notes,
            pages,
            strict=True,
        )
        for when, step, value, flag, note, page in points:
            if flag not in (4, 9):
                found.append(
                    (
                        when,
                        period(when, step),
                        value,
                        row,
                        t(f"chart.flag_{flag}"),
                        note,
                        page.split(" ; ")[0],
                    )
                )
    if not found:
        return
    found.sort(key=lambda point: point[0], reverse=True)
    names = ("time", "value", "series", "datum", "flag", "note", "source")
    frame = pd.DataFrame(
        [
            (when, value, label(row), snapshot.catalogue.datums[row.datum].label, flag, note, page)
            for _, when, value, row, flag, note, page in found
        ],
        columns=[t(f"chart.{name}") for name in names],
    )
    st.html(markup.heading(t("level.stated_title"), t("level.stated_deck")))
    st.dataframe(
        frame,
        hide_index=True,
        alt=f"{t(f'sea.{key}')}: {t('level.stated_deck')}",
        key=f"stated-{key}",
        height=min(38 + 35 * len(frame), 320),
        column_config={
            t("chart.source"): st.column_config.LinkColumn(display_text=t("chart.open_page")),
            t("chart.value"): st.column_config.NumberColumn(format="%.2f"),
        },
    )


if selection.sea in ("both", "caspian") and (not selection.basin or selection.basin.startswith("caspian")):
    caspian()
if selection.sea in ("both", "aral") and not selection.basin.startswith("caspian"):
    aral()
