"""JSON as the providers may send it: strict where Python's reader is lenient."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from loaders.errors import BadFormat, NotData, Truncated


def read_json(raw: bytes) -> Any:
    """The value in ``raw``, UTF-8 with or without a byte order mark.

    Raises NotData for an empty text, Truncated where it ends early, BadFormat for anything else that is not
    JSON, and for a key that stands twice, NaN, Infinity, numbers too large, and nesting without end.
    """
    if not raw.strip():
        raise NotData("empty answer")
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite, parse_int=_integer
        )
    except UnicodeDecodeError:
        raise BadFormat("not UTF-8") from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise Truncated(f"JSON that ends early, after {len(raw):,} bytes") from None
        raise BadFormat(f"not JSON: {error.msg.lower()} at character {error.pos}") from None
    except RecursionError:
        raise BadFormat("JSON nested without end") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadFormat("JSON with a key that stands twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise BadFormat(f"JSON with {name}")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadFormat("JSON with a number too large")
    return value


def _integer(text: str) -> int:
    if len(text) > 300:
        raise BadFormat("JSON with a number too large")
    return int(text)
