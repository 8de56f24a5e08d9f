"""Sea level: every source over its whole record, like periods since the speech, the swing within a year."""

import streamlit as st

from dashboard.markup import blocks
from dashboard.readings.finding import finding
from dashboard.sentences import headline, movement
from dashboard.sentences.one_series import spanned
from dashboard.series.level import levels
from dashboard.series.snapshot import label
from dashboard.views.level_parts import listing, long, pairs, panels, rate, seasons
from dashboard.views.shell import frame
from dashboard.words.text import period, t

YEAR = long.YEAR
current = frame.frame()
snapshot, selection = current.snapshot, current.selection
rows = [row for row in current.rows if row.indicator == "level"]
if selection.indicator not in ("", "level"):
    name = snapshot.catalogue.indicators[selection.indicator].label
    st.info(t("level.other_indicator", indicator=name))
    st.page_link("views/overview.py", label=t("level.go_overview", indicator=name.lower()))
    rows = frame.without_indicator(current)


@frame.panel()
def caspian():
    """The view that the reader chose; beside the long one, like periods and the swing within a year."""
    mine = [row for row in rows if row.place == "caspian"]
    together = levels.comparable(snapshot, mine, YEAR)
    if not together:
        st.html(blocks.answer(t("level.kicker", sea=t("sea.caspian")), t("level.title_plain")))
        panels.show(current, [row for row in mine if row.cadence != "irregular"])
    else:
        body = finding(snapshot, "caspian", current.comparison, mine)
        opening(together[0], body)
        view(together, body, mine)
    listing.about(current, together, mine)
    listing.stated(current, mine, "caspian")


def opening(lead, body):
    """The Overview's change in the same words, and the pace; without one what the longest record covers."""
    deck = [(t("level.deck_caspian"), False)]
    if body.agreement:
        title = headline.changed(body, current.comparison)
        deck = [*headline.deck([body], snapshot, current.today), (movement.pace(body.pace), False), *deck]
    else:
        line = levels.yearly_line(snapshot, lead, current.look.caspian)
        first, last = (period(line.times[at].astype("datetime64[D]"), "year") for at in (0, -1))
        title = t("level.title_record", label=label(lead), first=first, last=last)
    st.html(blocks.answer(t("level.kicker", sea=t("sea.caspian")), title, deck))


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


@frame.panel()
def aral():
    """Each basin and each height system in a panel of its own."""
    mine = [row for row in rows if row.sea == "aral"]
    measured = [row for row in mine if row.cadence != "irregular"]
    named = "; ".join(f"{label(row)}, {spanned(snapshot.series[row.id])}" for row in measured)
    places = [body for body in snapshot.catalogue.bodies if snapshot.catalogue.places[body].sea == "aral"]
    bodies = [finding(snapshot, body, current.comparison, mine) for body in places]
    told = [body for body in bodies if body.agreement]
    title = " ".join(headline.changes(told, current.comparison))
    deck = t("level.deck_aral", labels=named) if measured else t("level.deck_aral_none")
    said = [movement.bed(body.place, snapshot) for body in bodies]
    if selection.sea == "aral":
        about = [*headline.deck(bodies, snapshot, current.today)] if told else []
        about += [(words, False) for words in (*said, deck)]
        st.html(blocks.answer(t("level.kicker", sea=t("sea.aral")), title or t("level.title_aral"), about))
    else:
        st.html(blocks.heading(title or t("level.title_aral"), " ".join(filter(None, (*said, deck)))))
    for body in told:
        if body.agreement and len(body.agreement.main.pairs) > 1:
            pairs.show(current, body)
    panels.show(current, measured)
    listing.about(current, [], mine)
    listing.stated(current, mine, "aral")


if selection.sea in ("both", "caspian") and (not selection.basin or selection.basin.startswith("caspian")):
    caspian()
if selection.sea in ("both", "aral") and not selection.basin.startswith("caspian"):
    aral()
