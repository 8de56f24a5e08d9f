"""The dashboard in a real browser: filters and their address, refresh, download, access, and no way out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import loaders
from dashboard import filters
from dashboard.export.brief import document
from dashboard.register.commitments import register
from dashboard.series.snapshot import load
from dashboard.words.text import DEFAULT, day, languages, t, translate
from dashboard.words.text import words as strings
from tests.serving import Served, served

pytest.importorskip("playwright", reason="playwright is a test tool: pip install -e '.[test]'")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect  # noqa: E402

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "", "level": "level", "extent": "extent", "commitments": "commitments", "climate": "climate",
    "data": "data",
}  # fmt: skip
# Streamlit's own client, started on a page below the root, first asks for its server below that page and
# then one step up: two answers 404 that belong to it.
PROBE = re.compile(
    r"http://127\.0\.0\.1:\d+/(?:level|extent|commitments|climate|data)/_stcore/(?:health|host-config)"
)
PATIENCE = 25_000
CONTEXTS: list[tuple[BrowserContext, dict]] = []
PHONE, TABLET = {"width": 390, "height": 844}, {"width": 768, "height": 1024}
DESK, WIDE = {"width": 1280, "height": 800}, {"width": 1920, "height": 1080}
expect.set_options(timeout=PATIENCE)


@dataclass
class Heard:
    """What a page did that it may not do."""

    probe: re.Pattern
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("request", lambda asked: self.went(asked.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.said(said.type, said.text, said.location["url"]))
        page.on("response", lambda got: self.got(got.status, got.url))

    def went(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)

    def said(self, kind: str, text: str, url: str) -> None:
        if kind == "error" and not self.probe.fullmatch(url):
            self.errors.append(f"{text} {url}")

    def got(self, status: int, url: str) -> None:
        if status >= 400 and not self.probe.fullmatch(url):
            self.refused.append(f"{status} {url}")


@pytest.fixture(scope="session")
def dashboard(browser, tmp_path_factory) -> Iterator[Served]:
    """One server for all that only read."""
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def reader(browser, dashboard) -> Iterator[Page]:
    yield from visit(browser, dashboard.url)


def context(browser: Browser, url: str, **look) -> BrowserContext:
    """One for all visitors of a look: they share nothing but the files of Streamlit, which are megabytes."""
    options = {"base_url": url, "viewport": DESK, "color_scheme": "light", **look}
    for found, known in CONTEXTS:
        if found.browser is browser and known == options:
            return found
    made = browser.new_context(**options)
    made.set_default_timeout(PATIENCE)
    CONTEXTS.append((made, options))
    return made


def visit(browser: Browser, url: str, probe: re.Pattern = PROBE, **look) -> Iterator[Page]:
    """A page of a new visitor; at its end nothing may have left this computer, and nothing may be wrong."""
    page, heard = context(browser, url, **look).new_page(), Heard(probe)
    heard.listen(page)
    yield page
    page.close()
    assert heard.outside == []
    assert heard.errors == []
    assert heard.refused == []


def go(page: Page, address: str = "") -> None:
    page.goto(f"/{address}")
    settled(page)


def settled(page: Page) -> None:
    """The script has run to its end and its last element is drawn."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.locator(".ts-foot").wait_for()
    expect(page.locator('[data-stale="true"]')).to_have_count(0)


def drawn(page: Page) -> None:
    page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")


def sea(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=t(f"filter.{name}"), exact=True)


def address(page: Page, path: str, **params: str) -> None:
    """The address is this page with these parameters in this order."""
    query = "&".join(f"{name}={value}" for name, value in params.items())
    expect(page).to_have_url(
        re.compile(re.escape(f"/{path}" + (f"?{query}" if query else "")) + r"(?:#.*)?$")
    )


def words(page: Page) -> list[str]:
    """What the page says in its own blocks: sentence, cards, headings, rows; not the style sheet."""
    return [text.strip() for text in page.locator(".ts").all_inner_texts()]


# ---- every page in both grounds and both widths -----------------------------------------------------------


def fits(page: Page, size: dict[str, int]) -> None:
    """Nothing to scroll sideways, and no card or heading that leaves the window."""
    page.set_viewport_size(size)
    page.wait_for_function(
        """width => innerWidth === width
            && document.documentElement.scrollWidth <= width
            && [...document.querySelectorAll('[data-testid="stMain"], [data-testid="stMainBlockContainer"]')]
                .every(one => one.scrollWidth <= one.clientWidth)
            && [...document.querySelectorAll('.ts, .js-plotly-plot .main-svg')]
                .every(one => one.getBoundingClientRect().right <= width + 0.5)""",
        arg=size["width"],
    )


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_and_can_be_read_by_all(browser, dashboard, name, theme, lang):
    for page in visit(browser, dashboard.url, color_scheme=theme, viewport=PHONE):
        go(page, PAGES[name] + ("" if lang == DEFAULT else f"?lang={lang}"))
        if name in ("overview", "level"):
            drawn(page)
        for size in (PHONE, TABLET, DESK, WIDE):
            fits(page, size)
        assert serious(page) == []


def test_language_is_chosen_on_the_page_and_stays(reader):
    go(reader)
    choose(reader, f"{t('app.languages')}: {t('app.language')}", strings("ru")["app.language"])
    address(reader, "", lang="ru")
    reader.get_by_role("link", name=strings("ru")["page.level"], exact=True).click()
    settled(reader)
    address(reader, "level", lang="ru")
    expect(reader).to_have_title(f"{strings('ru')['page.level']} · {strings('ru')['app.name']}")
    expect(reader.get_by_text(strings("ru")["app.draft"])).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", ["commitments?open=E4", "level?sea=atlantis&indicator=salinity"])
def test_states_of_a_page_fit_and_can_be_read_by_all(browser, dashboard, state, theme):
    for page in visit(browser, dashboard.url, color_scheme=theme, viewport=PHONE):
        go(page, state)
        fits(page, PHONE)
        assert serious(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_filters_can_be_read_by_all(browser, dashboard, theme):
    for page in visit(browser, dashboard.url, color_scheme=theme, viewport=PHONE):
        go(page)
        page.get_by_role("button", name=t("filter.more"), exact=True).click()
        page.get_by_role("combobox", name=t("filter.indicator")).wait_for()
        assert serious(page) == []


def test_guard_hears_what_a_page_may_not_do():
    heard = Heard(PROBE)
    heard.went("https://cdn.plot.ly/un/world_110m.json")
    heard.went("http://127.0.0.1:8501/static/js/index.js")
    heard.said("error", "Failed to load resource", "http://127.0.0.1:8501/level/_stcore/health")
    heard.said("error", "Uncaught TypeError", "http://127.0.0.1:8501/static/js/index.js")
    heard.got(404, "http://127.0.0.1:8501/data/_stcore/host-config")
    heard.got(404, "http://127.0.0.1:8501/_stcore/health")
    assert heard.outside == ["https://cdn.plot.ly/un/world_110m.json"]
    assert heard.errors == ["Uncaught TypeError http://127.0.0.1:8501/static/js/index.js"]
    assert heard.refused == ["404 http://127.0.0.1:8501/_stcore/health"]


def test_charts_are_named_for_those_who_do_not_see_them(reader):
    go(reader)
    drawn(reader)
    names = reader.locator('[data-testid="stPlotlyChart"]').evaluate_all(
        """charts => charts.map(one => (one.closest('[aria-label]') || one.querySelector('[aria-label]'))
            ?.getAttribute('aria-label') || '')"""
    )
    assert len(names) >= 3
    assert all("newest" in name for name in names)
    assert any(name.startswith("Caspian Sea level") and "−28.66 m in 2025" in name for name in names)


# ---- filters and their address ----------------------------------------------------------------------------


def test_filter_by_sea(reader):
    go(reader)
    assert any("Caspian" in said and "0.38" in said for said in words(reader))
    sea(reader, "aral").click()
    address(reader, "", sea="aral")
    settled(reader)
    cards = reader.locator(".ts-card h2")
    expect(cards).to_have_text([translate("North Aral"), translate("South Aral")])
    before = words(reader)
    reader.reload()
    settled(reader)
    expect(sea(reader, "aral")).to_have_attribute("aria-checked", "true")
    assert words(reader) == before


def choose(page: Page, name: str, option: str) -> None:
    page.get_by_role("combobox", name=name).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_filter_by_indicator(reader, browser, dashboard):
    label = loaders.catalogue().indicators["area"].label
    go(reader, "?sea=aral")
    reader.get_by_role("button", name=t("filter.more"), exact=True).click()
    choose(reader, t("filter.indicator"), label)
    address(reader, "", sea="aral", indicator="area")
    reader.keyboard.press("Escape")
    settled(reader)
    expect(reader.get_by_role("button", name=t("filter.more_active", count=1))).to_be_visible()
    heading = t("overview.indicator_title", indicator=label)
    expect(reader.get_by_role("heading", name=heading)).to_be_visible()
    before = words(reader)
    for other in visit(browser, dashboard.url):  # somebody else who is sent the link
        other.goto(reader.url)
        settled(other)
        assert words(other) == before
        expect(sea(other, "aral")).to_have_attribute("aria-checked", "true")


def test_filter_by_period_and_back_to_everything(reader):
    go(reader, "?to=2010-12")
    expect(reader.get_by_role("button", name=t("filter.more_active", count=1))).to_be_visible()
    reader.get_by_role("button", name=t("filter.more_active", count=1)).click()
    first = reader.get_by_role("textbox", name=t("filter.from"))
    first.fill("1990-01")
    first.press("Enter")
    address(reader, "", **{"from": "1990-01", "to": "2010-12"})
    reader.get_by_role("button", name=t("filter.reset")).click()
    address(reader, "")


def test_unknown_values_fall_back_and_are_named(reader):
    go(reader, "?sea=atlantis&indicator=area")
    alert = reader.get_by_role("alert").filter(has_text="atlantis")
    expect(alert).to_have_text(t("filter.problem", name="sea", value="atlantis"))
    expect(sea(reader, "both")).to_have_attribute("aria-checked", "true")
    address(reader, "", indicator="area")


def test_hostile_address_is_shown_as_text(reader):
    go(reader, "?sea=%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D'taken'%3E")
    expect(reader.get_by_role("alert").first).to_contain_text("sea = “img src")
    assert reader.title() != "taken"
    assert reader.locator("img[src=x]").count() == 0


def test_page_switch_keeps_the_filters(reader):
    go(reader, "?sea=caspian&indicator=level")
    for name in ("level", "commitments", "data", "overview"):
        reader.get_by_role("link", name=t(f"page.{name}"), exact=True).first.click()
        address(reader, PAGES[name], sea="caspian", indicator="level")
        settled(reader)
        expect(sea(reader, "caspian")).to_have_attribute("aria-checked", "true")


def test_address_of_each_page_opens_that_page(reader):
    for name, path in PAGES.items():
        go(reader, path)
        here = reader.get_by_role("navigation").locator('[aria-current="page"]')
        expect(here).to_have_text(t(f"page.{name}"))
        expect(reader).to_have_title(f"{t(f'page.{name}')} · {t('app.name')}")
        expect(reader.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("stray", ["nowhere", "overview"])
def test_address_of_no_page_shows_the_overview(browser, dashboard, stray):
    """Without Streamlit's dialog, which says that there is no such page, also on the console."""
    below = re.compile(rf"http://127\.0\.0\.1:\d+/{stray}/_stcore/(?:health|host-config)")
    for page in visit(browser, dashboard.url, below):
        go(page, f"{stray}?sea=aral")
        address(page, "", sea="aral")
        expect(page.locator(".ts-card h2")).to_have_text([translate("North Aral"), translate("South Aral")])
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_text(t("filter.problem_page", value=stray))


def test_back_and_forward_go_through_the_choices(reader):
    go(reader)
    for name in ("caspian", "aral"):
        sea(reader, name).click()
        address(reader, "", sea=name)
        settled(reader)
    for step, name in ((reader.go_back, "caspian"), (reader.go_back, "both"), (reader.go_forward, "caspian")):
        step()
        expect(sea(reader, name)).to_have_attribute("aria-checked", "true")
        address(reader, "", **({"sea": name} if name != "both" else {}))
        settled(reader)
    expect(reader.locator(".ts-card h2")).to_have_text([translate("Caspian")])


def test_copied_link_writes_everything_out_and_opens_the_same_view(reader):
    go(reader, "level?sea=caspian&view=rate")
    before = words(reader)
    reader.get_by_role("button", name=t("filter.copy_link")).click()
    link = reader.locator(".st-key-opened-copy code").inner_text().strip()
    assert set(re.findall(r"[?&](\w+)=", link)) == set(filters.FIELDS) - {"before", "after", "open", "chart"}
    reader.goto(link)
    settled(reader)
    assert words(reader) == before
    address(reader, "level", sea="caspian", view="rate")


def test_view_of_the_level_page_is_in_the_address(reader):
    go(reader, "level?sea=caspian")
    reader.get_by_role("radio", name=t("level.view_rate"), exact=True).click()
    address(reader, "level", sea="caspian", view="rate")
    settled(reader)
    expect(reader.get_by_role("heading", name=t("level.rate_title"))).to_be_visible()


def test_passage_opens_from_the_overview(reader):
    go(reader)
    reader.locator("#E4 a").click()
    address(reader, "commitments", open="E4")
    settled(reader)
    expect(reader.locator("#E4 a")).to_have_text(t("overview.close"))
    expect(reader.get_by_text(t("fixed.caspian"))).to_be_visible()
    expect(reader.locator("#E4")).to_be_in_viewport(ratio=1)
    expect(reader.get_by_text(register().commitments["E4"].wording, exact=True)).to_be_in_viewport(ratio=1)
    reader.locator("#E4 a").click()
    settled(reader)
    expect(reader.locator("#E4 a")).to_have_text(t("overview.open"))


# ---- what one takes away ----------------------------------------------------------------------------------


def action(page: Page, chart: str, name: str) -> Locator:
    """Open one thing behind a chart; what opened."""
    row = page.locator(f".st-key-actions-{chart}")
    row.get_by_role("radio", name=t(f"chart.{name}"), exact=True).click()
    body = page.locator(f".st-key-{name}-{chart}")
    body.wait_for()
    settled(page)
    return body


def test_csv_of_a_chart_holds_its_header_and_its_numbers(reader):
    go(reader, "?sea=caspian")
    body = action(reader, "overview-caspian", "download")
    with reader.expect_download() as got:
        body.get_by_role("button", name=t("chart.csv")).click()
    with open(got.value.path(), encoding="utf-8", newline="") as file:
        lines = file.read().splitlines()
    head = [line for line in lines if line.startswith("#")]
    for name in ("title", "datum", "unit", "source", "licence", "citation", "retrieved"):
        assert any(line.startswith(f"# {name}: ") and line.split(": ", 1)[1].strip() for line in head), name
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("#")))))
    assert list(rows[0])[:6] == ["series_id", "time", "value", "uncertainty", "qc", "provisional"]
    values = {(row["series_id"], row["time"][:10]): float(row["value"]) for row in rows}
    # From the published list and the published figure.
    assert values["caspian-level-dahiti-2026-annual", "2025-01-01"] == pytest.approx(-28.657)
    assert values["caspian-level-dahiti-2026-quarterly", "2026-01-01"] == pytest.approx(-28.793)
    for series_id in {row["series_id"] for row in rows}:
        data = loaders.open_series(series_id, origin="baseline")
        kept = data["value"].values[~np.isin(data["qc"].values, (4, 9))]
        assert [value for (name, _), value in values.items() if name == series_id] == pytest.approx(
            list(kept)
        )


def picture(page: Page, chart: str) -> bytes:
    """What the camera over a chart saves."""
    drawing = page.locator(f".st-key-chart-{chart}")
    drawing.hover()
    with page.expect_download() as got:
        drawing.locator(".modebar-btn").first.click()
    return Path(got.value.path()).read_bytes()


def test_pictures_of_a_chart_carry_its_credit(reader):
    go(reader, "?sea=caspian")
    credit = f"Cache {loaders.cache_id()}."
    with Image.open(io.BytesIO(picture(reader, "overview-caspian"))) as saved:
        assert saved.format == "PNG"
        foot = saved.convert("RGBA").crop((0, saved.height - 60, 2 * saved.width // 3, saved.height))
        assert np.asarray(foot)[..., 3].max() == 255  # ink under the axis, where the credit stands
    body = action(reader, "overview-caspian", "download")
    body.get_by_text("SVG", exact=True).click()
    camera = reader.locator(".st-key-chart-overview-caspian .modebar-btn").first
    expect(camera).to_have_attribute("data-title", "Download plot")  # "... as a PNG" until the page has run
    settled(reader)
    saved = picture(reader, "overview-caspian").decode()
    assert saved.startswith("<svg")
    assert credit in re.sub(r"<[^>]+>", " ", saved).replace("  ", " ")


def test_zip_of_a_chart_holds_table_series_and_terms(reader):
    go(reader, "?sea=caspian")
    body = action(reader, "overview-caspian", "download")
    with reader.expect_download() as got:
        body.get_by_role("button", name=t("chart.zip")).click()
    with zipfile.ZipFile(got.value.path()) as found:
        names = found.namelist()
        assert {"README.txt", "citations.bib", "two-seas.csv"} < set(names)
        assert loaders.cache_id() in found.read("README.txt").decode()


def test_one_chart_stands_in_a_frame_of_another_page(reader, dashboard):
    go(reader, "level?sea=caspian")
    frame = action(reader, "level-long", "link").locator("code").nth(1).inner_text()
    reader.route("**/elsewhere", lambda route: route.fulfill(content_type="text/html", body=frame))
    reader.goto("/elsewhere")
    inside = reader.frame_locator("iframe")
    expect(inside.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(inside.locator(".js-plotly-plot")).to_have_count(1)
    expect(inside.get_by_role("link", name=t("chart.back"))).to_have_attribute("target", "_blank")
    expect(inside.get_by_role("radio")).to_have_count(0)


def test_brief_prints_one_sheet_for_each_sea(browser, tmp_path):
    file = tmp_path / "brief.html"
    file.write_text(document(load(), ("caspian", "aral"), np.datetime64("today", "D")), "utf-8")
    page, heard = browser.new_page(), Heard(PROBE)
    page.on("pageerror", lambda error: heard.errors.append(str(error)))
    page.on("console", lambda said: heard.errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: heard.outside.append(asked.url))
    page.goto(file.as_uri())
    expect(page.locator(".js-plotly-plot")).to_have_count(7)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    # A longer page is drawn smaller: what is drawn ends above the edge of its sheet.
    bottoms = "one => [one.querySelector('.fit').getBoundingClientRect(), one.getBoundingClientRect()]"
    sheets = page.evaluate(f"[...document.querySelectorAll('.sheet')].map({bottoms})")
    assert len(sheets) == 2
    assert all(inner["bottom"] <= outer["bottom"] for inner, outer in sheets)
    page.close()
    assert heard.errors == []
    assert [url for url in heard.outside if not url.startswith(("file:", "data:", "blob:"))] == []


def test_table_of_a_chart(reader):
    go(reader, "?sea=caspian")
    body = action(reader, "overview-caspian", "table")
    expect(body.locator('[data-testid="stDataFrame"]')).to_be_visible()


def test_citation_and_link_of_a_chart(reader):
    go(reader, "?sea=caspian")
    said = action(reader, "overview-caspian", "cite").locator("code").first.inner_text()
    assert "doi:10.5194/hess-19-4345-2015" in said
    link = action(reader, "overview-caspian", "link").locator("code").first.inner_text().strip()
    assert link.endswith("#overview-caspian")
    assert link.startswith("http://127.0.0.1:")


# ---- refresh ----------------------------------------------------------------------------------------------


def refresh(page: Page) -> dict[str, str]:
    """Press the button on the Data page; the result line of each source."""
    page.locator(".st-key-refresh-data").get_by_role("button", name=t("data.refresh_run")).click()
    expect(page.get_by_text(t("data.refresh_running"))).to_be_visible()
    expect(page.get_by_text(t("data.refresh_running"))).to_have_count(0)
    expect(page.get_by_text(t("data.refresh_done", words="")[:16])).to_be_visible()
    settled(page)
    lines = page.locator('[data-testid="stExpander"] code').first.inner_text().splitlines()
    counted = [
        re.fullmatch(r"([\w-]+): (\d+ (?:updated|unchanged|held|failed|skipped)\b.*)", one) for one in lines
    ]
    return {found[1]: found[2] for found in counted if found}


def test_refresh_shows_its_lines_and_the_new_points(browser, tmp_path):
    with served(tmp_path) as running:
        for page in visit(browser, running.url):
            go(page)
            before = page.locator("h1").inner_text()
            turn(page, "data")
            lines = refresh(page)
            newest = running.lakes.newest
            assert re.fullmatch(rf"5 updated \(\d+ new, 0 changed, newest {newest}\)", lines["gwm"])
            assert re.match(r"\d+ failed \(no connection", lines["world-bank"])
            expect(page.get_by_text(t("data.refresh_code_3"))).to_be_visible()
            newest_is(page, running.lakes.newest)

            running.lakes.newest += timedelta(days=10)
            lines = refresh(page)
            assert lines["gwm"] == f"5 updated (5 new, 0 changed, newest {running.lakes.newest})"
            newest_is(page, running.lakes.newest)
            moved = t("data.new_points", newest=words_of(running.lakes.newest), cache="")
            expect(page.get_by_text(moved.split(", cache")[0])).to_be_visible()

            assert refresh(page)["gwm"].startswith("5 unchanged")
            expect(page.get_by_text(t("data.same_points", cache="").split(":")[0])).to_be_visible()

            turn(page, "overview")
            drawn(page)
            expect(page.locator("h1")).not_to_have_text(before)
            expect(page.locator("h1")).to_contain_text("The North Aral is")


def turn(page: Page, name: str) -> None:
    page.get_by_role("link", name=t(f"page.{name}"), exact=True).first.click()
    address(page, PAGES[name])
    settled(page)


def words_of(when: date) -> str:
    return day(np.datetime64(when))


def newest_is(page: Page, when: date) -> None:
    expect(page.locator(".st-key-filters")).to_contain_text(words_of(when))
    expect(page.locator(".ts-foot")).to_contain_text(words_of(when))
