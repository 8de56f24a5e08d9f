"""Comma-separated text: what is refused, and that a cut never makes a shorter number."""

from __future__ import annotations

import math
import re

import pytest

from loaders.errors import BadFormat, Content, NotData, SchemaChanged, Truncated
from loaders.formats.csv_text import number, read_table, year

WHOLE = b"Country,Year,Total\nKazakhstan,2023,286.175\nKazakhstan,2024,287.006\n"


def test_names_are_found_in_any_case_and_order():
    columns, rows = read_table(b"TOTAL, year ,extra\n1.5,2023,x\n", ("Year", "Total"))
    assert columns == ["total", "year", "extra"]
    assert rows == [{"total": "1.5", "year": "2023", "extra": "x"}]


def test_quoted_commas_marks_and_carriage_returns_are_read():
    raw = b'\xef\xbb\xbfname,total\r\n"Iran, Islamic Rep.",5\r\n'
    assert read_table(raw, ("name",))[1] == [{"name": "Iran, Islamic Rep.", "total": "5"}]


@pytest.mark.parametrize("cut", range(1, len(WHOLE)))
def test_a_cut_leaves_whole_rows_or_none(cut):
    try:
        rows = read_table(WHOLE[:-cut], ("year", "total"))[1]
    except Content:
        return
    assert [row["total"] for row in rows] == ["286.175"]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotData),
        (b"\n \n", NotData),
        (b"country,year,total\n", NotData),
        (b"country,year\na,2023\n", SchemaChanged),
        (b"country;year;total\na;2023;1,5\n", BadFormat),
        (b"year,total,year\n1,2,3\n", BadFormat),
        (b"year,total\n2023,1,5\n", Truncated),
        (b"year,total\n2023\n", Truncated),
        (b'year,total\n"2023,1\n', BadFormat),
        (b"year,total\n2023,\0\n", BadFormat),
        (b"year,total\n2023,\xff\n", BadFormat),
        ("year,total\n2023,1\n".encode("utf-16"), BadFormat),
        (b"year,total\n2023," + b"1" * 200_000 + b"\n", BadFormat),
    ],
)
def test_refused(raw, error):
    with pytest.raises(error):
        read_table(raw, ("year", "total"))


def test_numbers_and_years():
    assert [number(text) for text in ("-28.46", "1e3", ".5", "+7")] == [-28.46, 1000.0, 0.5, 7.0]
    assert math.isnan(number(""))
    assert [year(text) for text in ("1850", "2024")] == [1850, 2024]
    for text in ("1,5", "nan", "inf", "0x1", "1_000", "5 t", "٣", "1e999"):
        with pytest.raises(BadFormat):
            number(text)
    for text in ("24", "2024.0", "2024Q1", "", "3024"):
        with pytest.raises(BadFormat):
            year(text)


def test_a_last_row_of_fixed_decimals_is_whole_without_its_end():
    form = re.compile(r"\d{4},\d+\.\d{3}")
    raw = b"year,total\n2023,286.175\n2024,287.006"
    assert [row["year"] for row in read_table(raw, (), whole=form)[1]] == ["2023", "2024"]
    assert [row["year"] for row in read_table(raw[:-1], (), whole=form)[1]] == ["2023"]
    assert [row["year"] for row in read_table(raw, ())[1]] == ["2023"]
