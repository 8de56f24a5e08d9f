"""Zip archives: what is taken out of them and what is refused (fault P15)."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from loaders.errors import BadFormat, Content, LoadError, NotData, TooLarge, UnsafeFile
from loaders.formats.archive import member

TEXT = b"date,height\n2026-08-04,-28.46\n" * 40


def packed(*files: tuple[str, bytes], mode: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            item = zipfile.ZipInfo(name)
            item.compress_type = zipfile.ZIP_DEFLATED
            if mode:
                item.external_attr = mode << 16
            archive.writestr(item, data)
    return out.getvalue()


def test_the_file_with_the_ending_is_taken_and_remarks_are_left():
    raw = packed(("readme.txt", b"words"), ("folder/Level.CSV", TEXT))
    assert member(raw, (".csv", ".nc")) == TEXT


@pytest.mark.fault("P15")
@pytest.mark.parametrize(
    "name", ["../a.csv", "a/../../b.csv", "/etc/a.csv", "\\a.csv", "..\\a.csv", "C:\\a.csv", "c:a.csv"]
)
def test_a_name_that_leads_elsewhere_is_unsafe_even_beside_a_good_file(name):
    with pytest.raises(UnsafeFile, match="leads elsewhere"):
        member(packed(("good.csv", TEXT), (name, b"x")), (".csv",))


@pytest.mark.fault("P15")
def test_links_passwords_and_archives_within_are_unsafe():
    with pytest.raises(UnsafeFile, match="link"):
        member(packed(("a.csv", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), (".csv",))
    locked = bytearray(packed(("a.csv", TEXT)))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnsafeFile, match="password"):
        member(bytes(locked), (".csv",))
    with pytest.raises(UnsafeFile, match="within"):
        member(packed(("a.csv", packed(("b.csv", TEXT)))), (".csv",))


@pytest.mark.fault("P15")
def test_a_bomb_is_too_large_by_its_word_and_by_its_bytes():
    bomb = packed(("a.csv", bytes(3_000_000)))
    assert len(bomb) < 10_000
    with pytest.raises(TooLarge, match="unpacks"):
        member(bomb, (".csv",), max_bytes=1_000_000)
    lying = bytearray(bomb)
    at = lying.index(b"PK\x01\x02") + 24
    lying[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(LoadError):
        member(bytes(lying), (".csv",), max_bytes=1_000_000)
    with pytest.raises(TooLarge, match="files"):
        member(packed(*((f"{number}.csv", b"x") for number in range(60))), (".csv",))


@pytest.mark.parametrize("files", [(), (("a.txt", b"x"),), (("a.csv", b"x"), ("b.csv", b"y"))])
def test_none_or_several_of_the_kind_are_not_data(files):
    with pytest.raises(NotData):
        member(packed(*files), (".csv",))


def test_a_damaged_archive_is_told_at_every_cut_and_flip():
    raw = packed(("a.csv", TEXT))
    for cut in range(1, len(raw), 7):
        with pytest.raises(BadFormat):
            member(raw[:-cut], (".csv",))
    for place in range(0, len(raw), 3):
        flipped = bytearray(raw)
        flipped[place] ^= 0xFF
        try:
            assert member(bytes(flipped), (".csv",)) == TEXT
        except Content:
            continue
        except TooLarge:
            continue
