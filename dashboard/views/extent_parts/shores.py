"""Drawn shores as small multiples: one scale for all dates of a sea, areas beside the published ones."""

from __future__ import annotations

import pandas as pd
import streamlit as st
import xarray as xr

from dashboard.figures import shore_charts
from dashboard.figures.canvas import faint
from dashboard.figures.shore_charts import Fill
from dashboard.markup import blocks
from dashboard.sentences import citation
from dashboard.terrain import outlines
from dashboard.terrain.outlines import Drawn
from dashboard.views.shell import chart
from dashboard.views.shell.frame import Frame
from dashboard.words.text import number, t, translate
from loaders.geometry import regions

FRAMES = {"aral": regions.outlines()["aral"], "caspian": regions.outlines()["caspian"]}
BARS = {"aral": 100.0, "caspian": 200.0}


def shores(current: Frame, seas: tuple[str, ...]) -> None:
    """The outlines that the package carries, for the seas that the reader looks at."""
    series = current.snapshot.series
    found = {key: outlines.drawn(key, series) for sea in seas for key in outlines.SEAS[sea]}
    st.html(blocks.heading(_title(found), _deck(found)))
    for key, column in zip(found, st.columns(3, gap="medium"), strict=False):
        with column:
            _panel(current, key, found)
    if "aral-2000s" in found and "aral-area-unesco" in series:
        near = outlines.nearest(found["aral-2000s"].area, series["aral-area-unesco"])
        words = t("extent.shores_dated", area=number(near.area, 0), year=near.year)
        st.html(blocks.small(words))
    st.html(blocks.small(t("extent.shores_limits")))


def _title(found: dict[str, Drawn]) -> str:
    if "aral-1960" not in found:
        return t("extent.shores_single")
    before, after = found["aral-1960"].area, found["aral-2000s"].area
    return t("extent.shores_title", share=number((1 - after / before) * 100, 0))


def _deck(found: dict[str, Drawn]) -> str:
    dotted = t("extent.shores_dotted") if "aral-2000s" in found else ""
    return f"{t('extent.shores_deck')} {dotted}".strip()


def _panel(current: Frame, key: str, found: dict[str, Drawn]) -> None:
    look, one, sea = current.look, found[key], "caspian" if key == "caspian" else "aral"
    color = look.caspian if sea == "caspian" else look.ink
    names = {"aral-1960": "1960", "aral-2000s": "2000s", "caspian": "caspian"}
    title = t(f"extent.shore_{names[key]}")
    said = t("extent.shore_area", area=number(one.area, 0), published=_published(current, one))
    st.html(blocks.panel_title(title, color, said))
    fills = [Fill(FRAMES["aral"])] if key == "aral-2000s" else []
    for part in one.parts:
        north = part.id == "north-aral"
        label = t(f"extent.part_{part.id}") if len(one.parts) > 1 else ""
        tone = faint(color) if len(one.parts) == 1 else look.north_aral if north else look.ink
        fills.append(Fill(part, tone, label, look.north_aral_text if north else look.ink, not north))
    about = [_about(one), *(current.snapshot.series[near.series] for near in one.published[:1])]
    figure = shore_charts.outlines(
        fills, regions.box(FRAMES[sea]), look, height=330, bar=BARS[sea], view=key,
        credit=citation.credit(about, current.snapshot.cache_id),
    )  # fmt: skip
    rows = [(part.id, x, y) for part in one.parts for ring in part.rings for x, y in ring]
    frame = pd.DataFrame(rows, columns=["outline", "longitude", "latitude"])
    behind = chart.of_frame(f"shore-{key}", title, lambda: frame, about, current)
    alt = f"{title}: {said}. {'; '.join(dict.fromkeys(translate(part.as_of) for part in one.parts))}."
    chart.show(figure, key=f"shore-{key}", title=title, alt=alt, behind=behind, current=current)


def _published(current: Frame, one: Drawn) -> str:
    if not one.published:
        return t("extent.shore_unpublished")
    years = ", ".join(
        t("extent.shore_year", area=number(near.area, 0), year=near.year) for near in one.published
    )
    source = current.snapshot.series[one.published[0].series].attrs["source_label"]
    return t("extent.shore_published", years=years, source=source)


def _about(one: Drawn) -> xr.Dataset:
    """What a citation and a file's header say of a drawing."""
    known = regions.about()
    return xr.Dataset(
        attrs={
            "title": ", ".join(part.label for part in one.parts),
            "source": f"{known['source']} ({known['source_url']})",
            "source_label": known["source"],
            "source_url": known["source_url"],
            "licence": known["licence"],
            "citation": f"{known['source']}, {known['source_url']}",
            "caveat": f"{one.parts[0].as_of}; {known['how']}",
            "origin": "baseline",
        }
    )
