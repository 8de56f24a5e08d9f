"""The folder of the cache, and JSON read and written there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from loaders.cache import files
from loaders.environment import settings

READABLE = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
Entry = dict[str, Any]


def folder() -> Path:
    """Where the refreshed cache stands."""
    return settings.cache_folder()


def read_json(name: str) -> Entry | None:
    with suppress(OSError, ValueError):
        found = json.loads(files.read(folder() / name))
        return found if isinstance(found, dict) else None
    return None


def write_json(name: str, content: Mapping[str, Any]) -> None:
    files.write(folder() / name, dump(content))


def dump(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=READABLE)
