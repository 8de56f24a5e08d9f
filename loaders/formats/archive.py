"""One file out of a zip archive, in memory: nothing is ever written where a name inside would have it."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from loaders.errors import BadFormat, NotData, TooLarge, UnsafeFile

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
MAX_MEMBERS = 50
MAX_BYTES = 100_000_000
# What the reader raises on damaged archives; an unknown way of packing is a RuntimeError.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)


def is_zip(raw: bytes) -> bool:
    return raw.startswith((ZIP, EMPTY_ZIP))


def member(raw: bytes, endings: tuple[str, ...], *, max_bytes: int = MAX_BYTES) -> bytes:
    """The only file whose name has one of the endings; remarks beside it are allowed.

    Raises UnsafeFile for a name that leads elsewhere, a link, a password or an archive within, TooLarge above
    ``max_bytes``, NotData where no file or several have the ending, BadFormat for a damaged archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = archive.infolist()
            if len(files) > MAX_MEMBERS:
                raise TooLarge(f"an archive of {len(files):,} files")
            for item in files:
                _require_plain(item)
            if sum(item.file_size for item in files) > max_bytes:
                raise TooLarge(f"an archive that unpacks to more than the {max_bytes:,} bytes allowed")
            found = [item for item in files if item.filename.lower().endswith(endings)]
            if len(found) != 1:
                raise NotData(f"an archive with {len(found)} files of the kind {' or '.join(endings)}")
            with archive.open(found[0]) as opened:
                plain = opened.read(max_bytes + 1)
    except DAMAGE as error:
        raise BadFormat(f"the archive is damaged: {str(error)[:60]}") from None
    if len(plain) > max_bytes:
        raise TooLarge(f"a file that unpacks to more than the {max_bytes:,} bytes allowed")
    if is_zip(plain):
        raise UnsafeFile("an archive within an archive")
    return plain


def _require_plain(item: zipfile.ZipInfo) -> None:
    """Raise UnsafeFile for anything but a file or a folder below the archive's own root."""
    parts = item.filename.replace("\\", "/").split("/")
    mode = item.external_attr >> 16
    if item.filename.startswith(("/", "\\")) or ".." in parts or ":" in item.filename:
        raise UnsafeFile("a file in the archive whose name leads elsewhere")
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeFile("an archive that holds a link or a device")
    if item.flag_bits & 0x1:
        raise UnsafeFile("an archive with a password")
