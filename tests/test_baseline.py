"""The embedded baseline and its reader."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from loaders import catalogue
from loaders.baseline import csv_tables
from loaders.errors import CacheCorrupt, NoData, UnknownSeries

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
    assert found.pop("control.csv")
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
