"""Sea level: every source over its whole record, like periods since the speech, the swing within a year."""

import streamlit as st

from dashboard import levels, markup
from dashboard.findings import BODIES, finding
from dashboard.sentences import spanned
from dashboard.snapshot import label
from dashboard.text import number, period, t
from dashboard.views import parts
from dashboard.views.level_views import listing, long, pairs, panels, rate, seasons

YEAR = long.YEAR
current = parts.frame()
snapshot, selection = current.snapshot, current.selection
unit = snapshot.catalogue.indicators["level"].unit_label
rows = [row for row in current.rows if row.indicator == "level"]
if selection.indicator not in ("", "level"):
    name = snapshot.catalogue.indicators[selection.indicator].label
    st.info(t("level.other_indicator", indicator=name))
    st.page_link("views/overview.py", label=t("level.go_overview", indicator=name.lower()))
    rows = parts.without_indicator(current)


@parts.panel()
def caspian():
    """The view that the reader chose; beside the long one, like periods and the swing within a year."""
    mine = [row for row in rows if row.place == "caspian"]
    together = levels.comparable(snapshot, mine, YEAR)
    if not together:
        st.html(markup.answer(t("level.kicker", sea=t("sea.caspian")), t("level.title_plain")))
        panels.show(current, [row for row in mine if row.cadence != "irregular"])
    else:
        body = finding(snapshot, "caspian", current.comparison, mine)
        opening(together[0], body)
        view(together, body, mine)
    listing.about(current, together, mine)
    listing.stated(current, mine, "caspian")


def opening(lead, body):
    """The change of the source that reaches furthest, and why another page's number is another one."""
    line = levels.yearly_line(snapshot, lead, current.look.caspian)
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
    deck = [(t("level.deck_caspian"), False)]
    if body.agreement and body.agreement.main.series != lead.id:
        deck.append((bridge(body.agreement.main), False))
    st.html(markup.answer(t("level.kicker", sea=t("sea.caspian")), title, deck))


def view(together, body, mine):
    chosen = st.segmented_control(
        t("level.view"),
        ["long", "change", "seasonal", "rate"],
        key="f_view",
        required=True,
        format_func=lambda key: t(f"level.view_{key}"),
        label_visibility="collapsed",
    )
    if chosen == "change":
        pairs.show(current, body)
    elif chosen == "seasonal":
        seasons.show(current, body, mine)
    elif chosen == "rate":
        rate.show(current, together[0])
    else:
        long.show(current, together, body)
        left, right = st.columns(2, gap="large")
        with left:
            pairs.show(current, body)
        with right:
            seasons.show(current, body, mine)


def bridge(main):
    """Why the Overview's number is not this page's: another source, another step."""
    row = snapshot.catalogue.series[main.series]
    steps = t(f"step.{main.step}_many")
    return t(
        "level.deck_bridge", amount=f"{number(main.change, sign=True)} {unit}", label=label(row), steps=steps
    )


@parts.panel()
def aral():
    """Each basin and each height system in a panel of its own."""
    mine = [row for row in rows if row.sea == "aral"]
    measured = [row for row in mine if row.cadence != "irregular"]
    named = "; ".join(f"{label(row)}, {spanned(snapshot.series[row.id])}" for row in measured)
    title = t("level.title_aral")
    deck = t("level.deck_aral", labels=named) if measured else t("level.deck_aral_none")
    if selection.sea == "aral":
        st.html(markup.answer(t("level.kicker", sea=t("sea.aral")), title, [(deck, False)]))
    else:
        st.html(markup.heading(title, deck))
    for body in (body for body in BODIES if body != "caspian"):
        found = finding(snapshot, body, current.comparison, mine)
        if found.agreement:
            pairs.show(current, found)
    panels.show(current, measured)
    listing.about(current, [], mine)
    listing.stated(current, mine, "aral")


if selection.sea in ("both", "caspian") and (not selection.basin or selection.basin.startswith("caspian")):
    caspian()
if selection.sea in ("both", "aral") and not selection.basin.startswith("caspian"):
    aral()
