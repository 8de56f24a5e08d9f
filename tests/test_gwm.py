"""Lake files of the NASA Global Water Monitor.

Heights of Lake Victoria are those of the recorded file of 2022. The Caspian file is made up, around two
published figures: -1.88 m against the reference pass is -28.46 m above EGM2008 (4 August 2026).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from loaders.dataset.contract import check, conform
from loaders.errors import BadFormat, LoadError, NotData, SchemaChanged, Truncated
from loaders.quality import holds, qc
from loaders.sources import gwm
from loaders.tables.catalogue import catalogue
from loaders.tables.items import Series
from loaders.tables.vocabulary import Flag
from tests.payloads.gwm import Row, lake_file

TEN_DAYS = timedelta(days=10)
START = date(2024, 1, 1)
ROWS = [Row(START + TEN_DAYS * i, -1.5 - 0.01 * i, cycle=i) for i in range(30)]


def series(series_id: str = "caspian-level-gwm") -> Series:
    return catalogue().series[series_id]


def anywhere(lake_id: int) -> Series:
    box = {"south": -90.0, "north": 90.0, "west": -180.0, "east": 180.0}
    return series().model_copy(update={"provider": {"lake_id": lake_id, **box}})


def finished(raw: bytes, row: Series | None = None):
    row = row or series()
    return check(conform(gwm.parse(raw, row), row))


# ---- the catalogue ---------------------------------------------------------------------------------------


def test_five_targets_are_asked_one_file_each():
    rows = [row for row in catalogue().series.values() if row.source == "gwm"]
    asked = gwm.requests(rows, today=date(2026, 8, 10), held={})
    assert {request.series[0]: request.path for request in asked} == {
        "caspian-level-gwm": "timeseries/lake000270.10d.2.txt",
        "kara-bogaz-level-gwm": "timeseries/lake000275.10d.2.txt",
        "north-aral-level-gwm": "timeseries/lake001442.10d.2.txt",
        "south-aral-level-gwm-2327": "timeseries/lake002327.10d.2.txt",
        "south-aral-level-gwm-277": "timeseries/lake000277.10d.2.txt",
    }
    assert {row.datum for row in rows} == {"egm2008-gwm"}
    assert {row.independence_group for row in rows} == {"altimetry"}
    assert gwm.probe(rows, today=date(2026, 8, 10)).path == "timeseries/lake000270.10d.2.txt"


def test_targets_carry_the_ids_of_the_providers_list(samples):
    import json

    listed = json.loads((samples / "levels/grealm/gwm_registry_central_asia_excerpt.json").read_text())
    names = {int(item["id"]): item["name"] for item in listed}
    rows = [row for row in catalogue().series.values() if row.source == "gwm"]
    assert {row.id: names[row.provider["lake_id"]] for row in rows} == {
        "caspian-level-gwm": "Caspian",
        "kara-bogaz-level-gwm": "Kara-Bogaz",
        "north-aral-level-gwm": "Aral Sea (3)",
        "south-aral-level-gwm-2327": "Aral Sea (1)",
        "south-aral-level-gwm-277": "Aral Sea (2)",
    }


# ---- recorded files --------------------------------------------------------------------------------------


def test_lake_victoria_as_recorded(samples):
    raw = (samples / "levels/grealm/lake000314.10d.2.txt").read_bytes()
    parsed = gwm.parse(raw, anywhere(314))
    assert parsed.sizes["time"] == 1152 - 16
    dataset = finished(raw, anywhere(314))
    assert dataset.sizes["time"] == 1136 - 62
    known = dataset.sel(time="1992-10-07")
    assert known["value"].item() == 1135.57
    assert known["uncertainty"].item() == 0.042
    assert dataset["value"].values[-1] == 1136.72
    assert str(dataset["time"].values[-1])[:10] == "2022-04-02"
    assert 1134 < np.nanmin(dataset["value"]) < np.nanmax(dataset["value"]) < 1138
    assert dataset["value"].attrs["units"] == "m"
    assert dataset.attrs["provider_version"] == "TPJOJ.2.4"
    assert "+1135.12 m" in dataset.attrs["datum_note"]


def test_the_smoothed_twin_tells_the_same_level(samples):
    """The provider's own smoothing of the same record stays within decimetres of ours on average."""
    folder = samples / "levels/grealm"
    dataset = finished((folder / "lake000314.10d.2.txt").read_bytes(), anywhere(314))
    smooth = {}
    for line in (folder / "lake000314.10d.2.smooth.txt").read_text().splitlines():
        tokens = line.split()
        if len(tokens) == 5 and tokens[0].isdigit() and tokens[0] != "99999999":
            smooth[tokens[0]] = float(tokens[4])
    days = np.datetime_as_string(dataset["time"].values, unit="D")
    pairs = [
        (value, smooth[day.replace("-", "")])
        for day, value in zip(days, dataset["value"].values, strict=True)
        if np.isfinite(value) and smooth.get(day.replace("-", ""), 9999.99) < 9999
    ]
    assert len(pairs) > 900
    assert abs(np.mean([a - b for a, b in pairs])) < 0.01


@pytest.mark.parametrize(
    ("name", "lake_id", "low", "high", "points", "missing"),
    [("lake001597.27b.2.txt", 1597, 1100, 1150, 48, 37), ("lake101296.27b.2.txt", 101296, 500, 640, 48, 13)],
)
def test_reservoirs_that_begin_with_fill_rows(samples, name, lake_id, low, high, points, missing):
    dataset = finished((samples / "levels/grealm" / name).read_bytes(), anywhere(lake_id))
    assert dataset.sizes["time"] == points
    assert int((dataset["qc"] == Flag.MISSING).sum()) == missing
    assert low < np.nanmin(dataset["value"]) <= np.nanmax(dataset["value"]) < high


def test_a_file_with_a_header_only_is_not_data(samples):
    raw = (samples / "levels/grealm/lake000314.10d.2.txt").read_bytes()
    header = b"".join(raw.splitlines(keepends=True)[:49])
    with pytest.raises(NotData):
        gwm.parse(header, anywhere(314))


def test_the_ten_lines_of_the_new_header_alone_are_no_file(samples):
    raw = (samples / "levels/grealm/lake000004.27a.2.head.txt").read_bytes()
    with pytest.raises(SchemaChanged):
        gwm.parse(raw, anywhere(4))


# ---- values ----------------------------------------------------------------------------------------------


def test_the_published_caspian_figure():
    dataset = finished(lake_file([*ROWS, Row(date(2026, 8, 4), -1.88)]))
    assert dataset["value"].sel(time="2026-08-04").item() == pytest.approx(-28.46)
    assert dataset.attrs["datum"] == "egm2008-gwm"
    assert "basin" not in dataset.attrs
    assert set(dataset["qc"].values) == {Flag.PASS}


def test_both_kinds_of_fill_are_no_height():
    """A fill date has no place in time; a real date without a height stays as a missing point."""
    rows = [Row(None, None), *ROWS, Row(None, None), Row(date(2026, 8, 4), None)]
    dataset = finished(lake_file(rows))
    assert dataset.sizes["time"] == 31
    assert np.isnan(dataset["value"].sel(time="2026-08-04").item())
    assert dataset["qc"].sel(time="2026-08-04").item() == Flag.MISSING
    assert np.isnan(dataset["uncertainty"].sel(time="2026-08-04").item())
    assert np.nanmax(dataset["value"]) < -28


def test_of_two_missions_on_one_day_the_newer_wins_whatever_the_order():
    day = date(2016, 5, 1)
    older = [Row(day + TEN_DAYS * i, -1.0, mission="JASN2") for i in range(10)]
    newer = [Row(day + TEN_DAYS * i, -1.2, mission="JASN3") for i in range(5, 15)]
    for rows in (older + newer, newer + older):
        dataset = finished(lake_file(rows))
        assert dataset.sizes["time"] == 15
        assert dataset["value"].values[:5] == pytest.approx(np.full(5, -27.58))
        assert dataset["value"].values[5:] == pytest.approx(np.full(10, -27.78))
        assert dataset["mission"].values.tolist() == [4] * 5 + [5] * 10


def test_an_empty_row_of_the_newer_mission_hides_no_height_of_the_older():
    day = date(2016, 5, 1)
    rows = [
        Row(day, -1.0, mission="JASN2"),
        Row(day, None, mission="JASN3"),
        Row(day + TEN_DAYS, -1.1, mission="JASN3"),
    ]
    assert finished(lake_file(rows))["value"].values == pytest.approx([-27.58, -27.68])


def test_mission_codes_keep_their_meaning_and_take_new_labels():
    rows = [Row(START, -1.0, mission="TOPEX"), Row(START + TEN_DAYS, -1.0, mission="SEN6A")]
    dataset = finished(lake_file(rows))
    meanings = dataset["mission"].attrs["flag_meanings"].split()
    values = dataset["mission"].attrs["flag_values"].tolist()
    assert [meanings[values.index(code)] for code in dataset["mission"].values] == ["TOPEX", "SEN6A"]
    assert dataset["mission"].dtype == np.int8
    assert meanings[:5] == ["TOPEX", "POSDN", "JASN1", "JASN2", "JASN3"]


def test_a_large_error_makes_a_point_suspect_and_stays_visible():
    dataset = finished(lake_file([*ROWS, Row(date(2026, 8, 4), -1.88, error=0.501)]))
    assert dataset["qc"].values[-1] == Flag.SUSPECT
    assert dataset["uncertainty"].values[-1] == 0.501
    edge = finished(lake_file([*ROWS, Row(date(2026, 8, 4), -1.88, error=0.500)]))
    assert edge["qc"].values[-1] == Flag.PASS


# ---- which lake, which basin -----------------------------------------------------------------------------

ARAL = [Row(date(2013, 1, 5) + TEN_DAYS * i, 0.5) for i in range(100)]


def aral_file(lake_id: int, latitude: float, longitude: float) -> bytes:
    place = {"latitude": latitude, "longitude": longitude, "factor": 27.5}
    return lake_file(ARAL, lake_id=lake_id, name="Aral Sea (2)", **place)


@pytest.mark.parametrize(
    ("longitude", "basin"),
    [
        (58.5, "south-aral-west"),
        (60.0, "south-aral-east"),
        (59.0, "south-aral"),
        (61.5, "south-aral"),
    ],
)
def test_the_header_says_which_basin_a_southern_target_is(longitude, basin):
    for target in (277, 2327):
        dataset = finished(aral_file(target, 45.1, longitude), series(f"south-aral-level-gwm-{target}"))
        assert dataset.attrs["basin"] == basin


@pytest.mark.fault("S14")
def test_the_east_basin_is_suspect_from_2015_and_the_west_is_not():
    row = series("south-aral-level-gwm-277")
    east = qc.flag(finished(aral_file(277, 45.0, 60.0), row), row)
    late = east["time"].values >= np.datetime64("2015-01-01")
    assert late.sum() == 27
    assert (east["qc"].values == np.where(late, Flag.SUSPECT, Flag.PASS)).all()
    assert "dry" in east.attrs["caveat"]
    # 27 of 100 suspect values would be held, were they a surprise.
    assert holds.reason(None, east) == "27 of 100 new values are suspect"
    expected = qc.doubts(finished(aral_file(277, 45.0, 60.0), row), row)
    assert holds.reason(None, east, expected) is None
    west = finished(aral_file(277, 45.0, 58.5), row)
    assert (west["qc"].values == Flag.PASS).all()


@pytest.mark.parametrize(
    ("series_id", "lake_id", "latitude", "longitude"),
    [
        ("south-aral-level-gwm-277", 277, 46.4, 60.0),
        ("north-aral-level-gwm", 1442, 45.9, 60.6),
        ("caspian-level-gwm", 270, 45.0, 60.0),
        ("south-aral-level-gwm-2327", 2327, 45.0, 50.4),
    ],
)
def test_a_track_in_the_wrong_water_is_refused(series_id, lake_id, latitude, longitude):
    with pytest.raises(SchemaChanged, match="mid-point"):
        gwm.parse(aral_file(lake_id, latitude, longitude), series(series_id))


def test_the_file_of_another_lake_is_refused():
    with pytest.raises(SchemaChanged, match="lake 275, not 270"):
        gwm.parse(lake_file(ROWS, lake_id=275), series())


def test_a_longitude_above_180_is_read_as_west():
    raw = lake_file(ROWS, lake_id=7, longitude=272.5)
    box = {"south": 40.0, "north": 43.0, "west": -88.0, "east": -87.0}
    row = series().model_copy(update={"provider": {"lake_id": 7, **box}})
    assert gwm.parse(raw, row).sizes["time"] == 30


# ---- the form of the file --------------------------------------------------------------------------------


def test_a_height_that_contradicts_the_header_is_refused():
    raw = lake_file(ROWS)
    with pytest.raises(SchemaChanged, match="-26.0 m"):
        gwm.parse(raw.replace(b"EGM2008   = -26.58 m", b"EGM2008   = -26.00 m"), series())
    with pytest.raises(SchemaChanged, match="factor"):
        gwm.parse(raw.replace(b"EGM2008   =", b"EGM2020   ="), series())


def test_one_row_of_many_that_contradicts_the_header_fails_alone():
    rows = [Row(START + TEN_DAYS * i, -1.5) for i in range(200)]
    raw = lake_file(rows)
    cut = raw.rfind(b"  -28.08")
    dataset = finished(raw[:cut] + b"  -18.08" + raw[cut + 8 :])
    assert dataset["qc"].values[-1] == Flag.FAIL
    assert (dataset["qc"].values[:-1] == Flag.PASS).all()


def test_columns_are_found_by_their_description():
    """A column put in front of the sixth moves all later ones."""
    lines = lake_file(ROWS).decode().splitlines()
    moved = []
    for line in lines:
        if line.startswith("Column "):
            number, text = line.removeprefix("Column ").split(":", 1)
            moved.append(f"Column {int(number) + (int(number) > 5)}:{text}")
            if number == "5":
                moved.append("Column 6: Number of measurements")
        elif line.startswith("JASN3"):
            tokens = line.split()
            moved.append(" ".join([*tokens[:5], "17", *tokens[5:]]))
        else:
            moved.append(line)
    dataset = finished(("\n".join(moved) + "\n").encode())
    assert dataset["value"].values == pytest.approx(finished(lake_file(ROWS))["value"].values)


def test_a_missing_column_is_named():
    raw = lake_file(ROWS).replace(b"Estimated error", b"Assumed precision")
    with pytest.raises(SchemaChanged, match="estimated error"):
        gwm.parse(raw, series())


@pytest.mark.parametrize("lost", [1, 3])
def test_a_shorter_header_loses_no_row(lost):
    lines = lake_file(ROWS).splitlines(keepends=True)
    blank = [i for i, line in enumerate(lines) if line.strip() == b"c"][:lost]
    raw = b"".join(line for i, line in enumerate(lines) if i not in blank)
    assert finished(raw).sizes["time"] == 30


def test_windows_line_ends_and_a_byte_order_mark_are_read():
    raw = b"\xef\xbb\xbf" + lake_file(ROWS).replace(b"\n", b"\r\n")
    assert finished(raw)["value"].values == pytest.approx(finished(lake_file(ROWS))["value"].values)


BROKEN_TEXT = {
    "utf-16": lake_file(ROWS).decode().encode("utf-16"),
    "latin-1": lake_file(ROWS, name="Caspian é").decode().encode("latin-1"),
    "zero bytes": lake_file(ROWS).replace(b"JASN3", b"JAS\0\0", 1),
}


@pytest.mark.parametrize("raw", BROKEN_TEXT.values(), ids=BROKEN_TEXT)
def test_other_encodings_are_a_bad_format(raw):
    with pytest.raises(BadFormat):
        gwm.parse(raw, series())


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"<html><title>Maintenance</title></html>\n", b'{"error":1}\n']
)
def test_what_is_no_lake_file_is_not_data(raw):
    with pytest.raises(NotData):
        gwm.parse(raw, series())


def test_a_file_of_fill_rows_is_not_data():
    with pytest.raises(NotData):
        gwm.parse(lake_file([Row(None, None), Row(START, None)]), series())


def test_dates_that_do_not_exist_are_left_out_or_refused():
    rows = [Row(START + TEN_DAYS * i, -1.5) for i in range(200)]
    raw = lake_file(rows)
    one = raw.replace(f"{rows[7].day:%Y%m%d}".encode(), b"20230229")
    assert finished(one).sizes["time"] == 199
    three = one
    for row, wrong in zip(rows[20:22], (b"20231301", b"00230101"), strict=True):
        three = three.replace(f"{row.day:%Y%m%d}".encode(), wrong)
    with pytest.raises(BadFormat, match="3 rows"):
        gwm.parse(three, series())


def test_every_cut_near_the_end_drops_whole_rows_only():
    raw, whole = lake_file(ROWS), finished(lake_file(ROWS))
    for lost in range(1, 200):
        dataset = finished(raw[:-lost])
        size = dataset.sizes["time"]
        assert size in (27, 28, 29)
        assert (dataset["value"].values == whole["value"].values[:size]).all()


def test_more_than_one_short_row_is_truncated():
    lines = lake_file(ROWS).splitlines(keepends=True)
    lines[60] = lines[60][:40] + b"\n"
    assert finished(b"".join(lines)).sizes["time"] == 29
    lines[61] = lines[61][:40] + b"\n"
    with pytest.raises(Truncated, match="2 rows"):
        gwm.parse(b"".join(lines), series())


def test_any_cut_gives_a_true_beginning_or_a_classified_error():
    raw, whole = lake_file(ROWS), finished(lake_file(ROWS))
    for end in range(0, len(raw), 37):
        try:
            dataset = finished(raw[:end])
        except LoadError:
            continue
        assert (dataset["value"].values == whole["value"].values[: dataset.sizes["time"]]).all()
