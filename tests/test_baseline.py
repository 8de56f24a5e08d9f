"""The builder and the reader of the embedded baseline."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from loaders import catalogue
from loaders.baseline import build_series, csv_tables, figures
from loaders.baseline.addresses import normalise
from loaders.baseline.build_baseline import build
from loaders.errors import BadFormat, CacheCorrupt, ContractError, NoData, UnknownSeries
from loaders.tables.catalogue import TABLES, find_series
from loaders.tables.catalogue import read as read_catalogue
from loaders.tables.items import Build

COMMITTED = Path(__file__).parents[1] / "data_cache" / "baseline"
COUNTRIES = ("kaz", "uzb", "tkm", "kgz", "tjk", "aze", "rus", "irn")
# interfaces: "Ids of the embedded baseline".
PROMISED = [
    "caspian-level-dahiti", "caspian-level-gauges", "caspian-level-kazhydromet-north",
    "caspian-level-kazhydromet-east", "caspian-area-published", "aral-level-table", "aral-area-table",
    "aral-volume-table", "aral-salinity-table", "amu-darya-inflow-table", "syr-darya-kazaly-table",
    "aral-precipitation-table", "aral-evaporation-table", "aral-area-unesco", "north-aral-area-unesco",
    "south-aral-area-unesco", "south-aral-west-area-unesco", "south-aral-east-area-unesco",
    "north-aral-level-published", "north-aral-volume-published", "north-aral-inflow-published",
    "caspian-level-dahiti-2026-annual", "caspian-level-dahiti-2026-quarterly",
    "caspian-level-kazhydromet-annual", "caspian-level-kazhydromet-sector-annual",
    "volga-runoff-kazhydromet", "caspian-rivers-runoff-kazhydromet", "ural-flow-yanvartsevo",
    "syr-darya-flow-kazaly", "kaz-air-temperature-kazhydromet", "world-air-temperature-gistemp",
    "world-air-temperature-hadcrut5", "kaz-renewables-official-published",
    *(f"{place}-{name}" for place in COUNTRIES for name in (
        "air-temperature-era5", "air-temperature-era5-monthly", "precipitation-era5", "co2-owid",
        "ghg-owid", "carbon-intensity-ember", "water-withdrawal-owid", "fish-capture-fao")),
    *(f"{place}-renewables-primary-owid" for place in ("kaz", "uzb", "tkm", "aze", "rus", "irn")),
]  # fmt: skip


@pytest.fixture(scope="module")
def manifest() -> dict:
    return json.loads((COMMITTED / "manifest.json").read_text("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


# ---- the committed files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("series_id", PROMISED)
def test_promised_series_is_there(series_id):
    dataset = csv_tables.read(series_id)
    assert dataset.attrs["series_id"] == series_id
    assert dataset.attrs["provenance_grade"] in ("primary", "secondary", "read-off", "stated")
    assert dataset["value"].attrs["units"] == catalogue().indicators[dataset.attrs["indicator"]].unit


def test_folder_holds_what_the_manifest_lists_and_nothing_else(manifest):
    entries = [*manifest["series"].values(), *manifest["tables"].values()]
    listed = {entry["file"]: entry["sha256"] for entry in entries}
    found = {name: hashlib.sha256(raw).hexdigest() for name, raw in files(COMMITTED).items()}
    assert found.pop("manifest.json")
    assert found == listed


def test_every_published_row_of_the_catalogue_is_built(manifest):
    published = {key for key, row in catalogue().series.items() if row.source == "published"}
    assert set(manifest["series"]) == published
    assert set(manifest["tables"]) == set(catalogue().tables)


def test_every_file_names_its_terms_and_how_it_was_made(manifest):
    for entry in [*manifest["series"].values(), *manifest["tables"].values()]:
        text = (COMMITTED / entry["file"]).read_text("utf-8")
        head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
        assert "samples/" not in text
        assert head["licence"] == entry["licence"] != ""
        assert head["citation"] == entry["citation"] != ""
        assert head["how"] == entry["how"] != ""
        assert head["title"]
        assert entry["builder_version"] == "1"
        assert entry["source_url"].startswith("https://")
        assert all(len(given["sha256"]) == 64 for given in entry["inputs"])


def test_manifest_counts_what_the_files_hold(manifest):
    for series_id, entry in manifest["series"].items():
        dataset = csv_tables.read(series_id)
        days = dataset["time"].values.astype("datetime64[D]").astype(str)
        assert (entry["first"], entry["newest"], entry["points"]) == (days[0], days[-1], days.size)
        assert entry["rows_built"] == days.size
        if not series_id.startswith("caspian-level-dahiti-") or "2026" in series_id:
            assert entry["rows_read"] == entry["rows_built"] + len(entry["dropped"])


def test_every_link_is_an_https_address(manifest):
    links = []
    for entry in [*manifest["series"].values(), *manifest["tables"].values()]:
        lines = (COMMITTED / entry["file"]).read_text("utf-8").splitlines()
        rows = csv.DictReader(line for line in lines if not line.startswith("# "))
        links += [link for row in rows for link in row.get("source_url", "").split(" ; ") if link]
    assert len(links) > 100
    assert all(link.startswith("https://") and " " not in link for link in links)


def test_only_the_outlier_of_2000_and_a_dry_bed_fail():
    failed = {}
    for series_id in csv_tables.manifest()["series"]:
        dataset = csv_tables.read(series_id)
        bad = dataset["time"].values[dataset["qc"].values == 4].astype("datetime64[D]")
        if bad.size:
            failed[series_id] = [str(day) for day in bad]
    # The east basin of the South Aral returned the height of its bed from 2012 on.
    bed = failed.pop("south-aral-east-level-grealm-annual")
    assert bed == [f"{year}-01-01" for year in range(2012, 2025)]
    assert failed == {"caspian-level-dahiti": ["2000-01-27"]}


# ---- reading ----------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the baseline that the reader takes for its own."""
    target = tmp_path / "baseline"
    shutil.copytree(COMMITTED, target)
    monkeypatch.setattr(csv_tables, "folder", lambda: target)
    csv_tables.manifest.cache_clear()
    yield target
    csv_tables.manifest.cache_clear()


def test_a_changed_number_is_not_shown(copy):
    path = copy / "series" / "caspian-level-gauges.csv"
    path.write_text(path.read_text("utf-8").replace("-29.01", "-28.01"), "utf-8")
    with pytest.raises(CacheCorrupt, match="caspian-level-gauges"):
        csv_tables.read("caspian-level-gauges")
    assert float(csv_tables.read("aral-level-table")["value"][10]) == 53.4


def test_a_missing_file_is_a_corrupt_baseline(copy):
    (copy / "series" / "caspian-level-gauges.csv").unlink()
    with pytest.raises(CacheCorrupt, match="unreadable"):
        csv_tables.read("caspian-level-gauges")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"series": {}}'])
def test_a_broken_manifest_is_a_corrupt_baseline(copy, content):
    (copy / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(CacheCorrupt, match="manifest"):
        csv_tables.read("caspian-level-gauges")


def test_an_installed_package_reads_its_own_copy(tmp_path, monkeypatch):
    monkeypatch.setattr(
        csv_tables, "__file__", str(tmp_path / "site" / "loaders" / "baseline" / "csv_tables.py")
    )
    assert csv_tables.folder.__wrapped__() == tmp_path / "site" / "loaders" / "_baseline"
    checkout = tmp_path / "site" / "data_cache" / "baseline"
    checkout.mkdir(parents=True)
    (checkout / "manifest.json").write_text("{}", "utf-8")
    assert csv_tables.folder.__wrapped__() == checkout


def test_unknown_series_and_table_name_the_nearest():
    with pytest.raises(UnknownSeries) as error:
        csv_tables.read("caspian-level-gauge")
    assert "caspian-level-gauges" in error.value.nearest
    with pytest.raises(UnknownSeries) as error:
        csv_tables.read_table("aral-hypsometry")
    assert "aral-hypsometry-whole" in error.value.nearest


def test_a_known_series_that_was_not_built_is_no_data(copy):
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    del manifest["series"]["caspian-level-gauges"]
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(NoData):
        csv_tables.read("caspian-level-gauges")


def test_a_table_keeps_words_as_words():
    seals = csv_tables.read_table("caspian-seals")
    assert list(seals["time"]) == ["1900s", "2005", "2006", "2022", "2022"]
    assert seals["value"].dtype == np.float64
    assert seals.attrs["licence"]


# ---- building ---------------------------------------------------------------------------------------------


def test_rebuilding_gives_the_committed_bytes(samples, tmp_path):
    build(samples, tmp_path)
    assert files(tmp_path) == files(COMMITTED)


def test_building_again_changes_nothing_and_removes_strangers(samples, tmp_path):
    first = build(samples, tmp_path)
    (tmp_path / "series" / "old.csv").write_text("time,value\n", "utf-8")
    second = build(samples, tmp_path)
    assert first == second
    assert files(tmp_path) == files(COMMITTED)


def test_no_sample_file_is_copied(samples, manifest):
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in samples.rglob("*.csv")}
    ours = {entry["sha256"] for kind in ("series", "tables") for entry in manifest[kind].values()}
    assert len(theirs) > 60
    assert not theirs & ours


@pytest.mark.parametrize("credit", ["aral-table", "dahiti", "unesco-aral", "kazhydromet-list"])
def test_one_switch_removes_a_group(samples, tmp_path, manifest, credit):
    tables = tmp_path / "tables"
    shutil.copytree(TABLES, tables)
    path = tables / "published.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(f'id = "{credit}"\n', f'id = "{credit}"\ninclude = false\n', 1), "utf-8")
    built = build(samples, tmp_path / "out", read_catalogue(tables))
    entries = [*manifest["series"].items(), *manifest["tables"].items()]
    gone = {key for key, entry in entries if entry["credit"] == credit}
    kept = files(tmp_path / "out")
    assert len(gone) >= 3
    assert not gone & {*built["series"], *built["tables"]}
    assert not [name for name in kept if Path(name).stem in gone]
    same = {name: raw for name, raw in files(COMMITTED).items() if Path(name).stem not in gone}
    for name in ("manifest.json", "tables/caspian-datum-offsets.csv"):
        kept.pop(name, None), same.pop(name, None)
    assert kept == same


def test_a_missing_file_of_figures_writes_nothing(tmp_path):
    with pytest.raises(NoData, match=r"figures.*\.csv is not in"):
        build(tmp_path / "empty", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_every_unusable_row_leaves_a_line_and_no_point(samples, manifest):
    """33 rows of the figures and 3 of the figures after the speech are marked unusable."""
    entries = [*manifest["series"].values(), *manifest["tables"].values()]
    lines = [drop for entry in entries for drop in entry["dropped"] if "unusable" in drop["reason"]]
    assert len(lines) == 36
    unusable = 0
    for path in sorted(samples.glob("figures*/*.csv")):
        name = path.relative_to(samples).as_posix()
        if name.startswith("figures_grealm"):
            continue  # its unusable rows are heights of a bed: kept with flag 4
        users = [entry for entry in entries if name in {given["file"] for given in entry["inputs"]}]
        points = {point for entry in users for point in _points(entry)}
        for row in figures.read(path):
            if row.get("quality") != "unusable":
                continue
            unusable += 1
            assert row["time"] in {drop["time"] for entry in users for drop in entry["dropped"]}, name
            if row["value"]:
                assert (row["time"], float(row["value"])) not in points, name
    assert unusable == 36


# Caspian, Garabogaz, North Aral, and the west and east of the South Aral.
TARGETS = ("000270", "000275", "001442", "000277", "002327")


def test_every_usable_row_is_kept(samples, manifest):
    """Nothing merely partial or questionable is dropped; only the Aral table ends early, after 1990."""
    entries = [*manifest["series"].values(), *manifest["tables"].values()]
    kept = 0
    for name in sorted({given["file"] for entry in entries for given in entry["inputs"]}):
        users = [entry for entry in entries if name in {given["file"] for given in entry["inputs"]}]
        points = {point for entry in users for point in _points(entry)}
        mixed = name.endswith(tuple(f"aral_{what}_1950_2001.csv" for what in ("level", "area", "volume")))
        for row in figures.read(samples / name):
            value = figures.number(row["value"])
            if value is None or not row["time"] or row["quality"] in figures.UNBUILT:
                continue
            if mixed and row["time"] > "1990":
                continue
            if row.get("target", "") not in ("", *TARGETS) or (row.get("target") and row["time"] == "2024"):
                continue  # lakes that are no part of the two seas, and the year that the table prints
            kept += 1
            assert {(row["time"], value), (str(figures.stamp(row)), value)} & points, (name, row)
    assert kept > 14_000


def _points(entry: dict) -> set[tuple[str, float]]:
    """Times and values of one built file, as printed, shortened to the month and year, and per thousand."""
    lines = (COMMITTED / entry["file"]).read_text("utf-8").splitlines()
    found = set()
    for row in csv.DictReader(line for line in lines if not line.startswith("# ")):
        value = row.get("value") or row.get("level")
        for time in row["years"].split() if "level" in row else [row.get("time", "")]:
            for shape in (time, time[:4], time[:7]):
                if value and shape:
                    found |= {(shape, float(value)), (shape, round(float(value) / 1000, 6))}
    return found


@pytest.mark.parametrize("per", ["monthly", "annual"])
def test_means_meet_the_published_ones(samples, per):
    theirs = figures.read(samples / "figures" / f"caspian_level_altimetry_{per}.csv")
    ours = csv_tables.read(f"caspian-level-dahiti-{per}")
    days = [str(figures.stamp(row)) for row in theirs]
    assert list(ours["time"].values.astype("datetime64[D]").astype(str)) == days
    np.testing.assert_allclose(ours["value"], [float(row["value"]) for row in theirs], atol=0.0011)
    assert list(ours["qc"].values == 3) == [row["quality"] != "good" for row in theirs]


def test_means_take_suspect_values_and_leave_failed_ones():
    row = find_series("caspian-level-dahiti-monthly")
    days = ["2001-01-05", "2001-01-15", "2001-01-25", "2001-02-05"]
    source = xr.Dataset(
        {"value": ("time", [1.0, 2.0, 90.0, 5.0]), "qc": ("time", np.array([1, 3, 4, 1], dtype="int8"))},
        coords={"time": np.array(days, dtype="datetime64[ns]")},
    )
    points, used = build_series.means(source, "month", row)
    assert used == 3
    assert [(point.time, point.value, point.qc) for point in points] == [
        (date(2001, 1, 1), 1.5, 1),
        (date(2001, 2, 1), 5.0, 3),
    ]
    year, _ = build_series.means(source, "year", row)
    assert (year[0].value, year[0].qc, year[0].note) == (2.667, 3, "part year: 2001-01 to 2001-02")


def test_two_values_at_one_time_are_refused():
    row = find_series("north-aral-volume-published-news")
    points = ({"time": "2025-12", "value": "22"}, {"time": "2025-12", "value": "23"})
    with pytest.raises(ContractError, match="each speaker"):
        build_series.make(row.model_copy(update={"build": Build(points=points)}), Path(), {})


def test_the_same_value_from_two_pages_is_one_point_with_both_links():
    row = find_series("north-aral-volume-published-news")
    points = (
        {"time": "2025-12", "value": "22", "source_url": "a.kz/1", "note": "one"},
        {"time": "2025-12", "value": "22.0", "source_url": "b.kz/2", "quality": "questionable"},
    )
    made = build_series.make(row.model_copy(update={"build": Build(points=points)}), Path(), {})
    assert made.dataset["value"].values.tolist() == [22.0]
    assert made.dataset["qc"].values.tolist() == [3]
    assert made.dataset["source_url"].values.tolist() == ["https://a.kz/1 ; https://b.kz/2"]
    assert made.dropped == (("2025-12-01", "repeats a row of the same time and value"),)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"time": "2020", "value": "1"}, None),
        ({"time": "2020", "value": "1", "quality": "questionable"}, None),
        ({"time": "2020", "value": "1", "quality": "unusable", "note": "misprint"}, "unusable: misprint"),
        ({"time": "2020", "value": "1", "quality": "forecast"}, "forecast"),
        ({"time": "2020", "value": "1", "quality": "target"}, "target"),
        ({"time": "1970s peak", "value": "1"}, "no single date: a mark, not a point of a line"),
        ({"time": "1982/2020", "value": "1"}, "no single date: a mark, not a point of a line"),
        ({"time": "", "value": "1"}, "no single date: a mark, not a point of a line"),
        ({"time": "2019", "value": ""}, "no single value"),
        ({"time": "2020", "value": "46/56"}, "no single value"),
        ({"time": "2020", "value": "5", "min": "1", "max": "4"}, "mean outside its own minimum and maximum"),
        ({"time": "2020", "value": "4", "min": "1", "max": "4"}, None),
        ({"time": "2022", "value": "1"}, "too late"),
    ],
)
def test_what_may_become_a_point(cells, reason):
    assert build_series.refusal(cells, Build(until="2021", cut="too late")) == reason


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_periods(text, start, end):
    found = figures.period(text)
    assert (str(found.start), str(found.end)) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "1990s", "2023-02-29", "2024-13", "2024-Q5", "2024/2025", "normal", "24"]
)
def test_words_and_spans_are_no_period(text):
    assert figures.period(text) is None


@pytest.mark.parametrize(
    ("start", "end", "stands"),
    [
        ("2024-01-01", "2024-03-31", "2024-01-01"),  # a quarter
        ("2025-09-01", "2025-09-30", "2025-09-01"),  # a month
        ("2023-11-09", "2023-11-15", "2023-11-15"),  # a week, at the day of its notice
        ("2024-02-01", "2024-04-30", "2024-04-30"),  # three months that are no quarter
    ],
)
def test_a_stated_period_decides_where_a_value_stands(start, end, stands):
    row = {"time": end, "value": "1", "period_start": start, "period_end": end}
    assert str(figures.stamp(row)) == stands


@pytest.mark.parametrize(
    "content",
    [
        "date,value\n2020,1\n",
        "time,value,quality\n2020,1\n",
        "time,value,quality\n2020,1,good,more\n",
        "time,value,quality\n2020,1,splendid\n",
        "",
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path, content):
    path = tmp_path / "figures.csv"
    path.write_text("# header\n" + content, "utf-8")
    with pytest.raises(BadFormat, match=r"figures\.csv"):
        figures.read(path)


# ---- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "links", "words"),
    [
        ("", "", ""),
        ("kazhydromet.kz/en/post/1057", "https://kazhydromet.kz/en/post/1057", ""),
        (
            "kazhydromet.kz/en/post/1057 ; kazhydromet.kz/post/2603",
            "https://kazhydromet.kz/en/post/1057 ; https://kazhydromet.kz/post/2603",
            "",
        ),
        ("haqqin.az/news/366293 (Kazinform)", "https://haqqin.az/news/366293", "Kazinform"),
        (
            "haqqin.az/news/366293 quoting the State Oceanographic Institute (Russia)",
            "https://haqqin.az/news/366293",
            "quoting the State Oceanographic Institute (Russia)",
        ),
        (
            "github yeltaya/caspian-project @6b0dd0a app3.py raw_data list KM",
            "https://github.com/yeltaya/caspian-project/blob/6b0dd0a/app3.py",
            "raw_data list KM",
        ),
        (
            "github mader-kz/sealv @0e942ad docs/research/2026-08-10 and service/env.py",
            "https://github.com/mader-kz/sealv/blob/0e942ad/docs/research/2026-08-10"
            " ; https://github.com/mader-kz/sealv/blob/0e942ad/service/env.py",
            "",
        ),
        ("github a/b @0123456", "https://github.com/a/b/tree/0123456", ""),
        ("gov.kz water ministry 2024-11-04 (details/876433)", "",
         "gov.kz water ministry 2024-11-04 (details/876433)"),
        ("doi:10.1007/s10498-008-9054-z abstract", "https://doi.org/10.1007/s10498-008-9054-z", "abstract"),
        ("cepheida.asia/?p=14499 ; renewablematter.eu",
         "https://cepheida.asia/?p=14499 ; https://renewablematter.eu", ""),
        ("namnewsnetwork.org ?p=293280", "https://namnewsnetwork.org/?p=293280", ""),
        ("zakon.kz 6386091", "", "zakon.kz 6386091"),
        ("astanatimes.com/2026/03 ; qazinform.com 173a5b", "https://astanatimes.com/2026/03",
         "qazinform.com 173a5b"),
        ("http://pogoda.kz/a", "https://pogoda.kz/a", ""),
        ("see list_of_levels.csv", "", "see list_of_levels.csv"),
        ("a.kz/<b>", "", "a.kz/<b>"),
        ("a.kz/1 ; a.kz/1", "https://a.kz/1", ""),
    ],
)  # fmt: skip
def test_addresses(text, links, words):
    assert normalise(text) == (links, words)
