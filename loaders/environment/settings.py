"""Every setting of the environment, TWO_SEAS_*, each read when it is needed and written nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from loaders.errors import Asking
from loaders.tables.schema import Source

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0
PREFIX = "TWO_SEAS_"


def variable(source: Source, what: str) -> str:
    """The name of an environment variable of this source: ``what`` is ``URL`` or ``KEY``."""
    return f"{PREFIX}{source.id.upper().replace('-', '_')}_{what}"


def base(source: Source) -> str:
    """The address in ``TWO_SEAS_<SOURCE>_URL``, else the catalogue's, as it stands there."""
    return _text(variable(source, "URL")) or source.url or ""


def key(source: Source) -> str:
    """The access key of an optional source; empty without one."""
    return _text(variable(source, "KEY"))


def missing_key(source: Source) -> str:
    """What to set before the source can be asked; empty where nothing is missing."""
    return f"set {variable(source, 'KEY')}" if source.key_needed and not key(source) else ""


def deadline() -> float:
    """TWO_SEAS_DEADLINE, else 60 s for one source. Raises Asking where it is not a positive number."""
    text = _text(f"{PREFIX}DEADLINE")
    try:
        seconds = float(text) if text else DEADLINE
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise Asking("TWO_SEAS_DEADLINE must be a number of seconds above 0")
    return seconds


def cache_folder() -> Path:
    """TWO_SEAS_CACHE, else ``data_cache/live`` of a checkout, else the user's data folder."""
    named = os.environ.get(f"{PREFIX}CACHE")
    if named:
        return Path(named).expanduser().absolute()
    if (ROOT / "data_cache").is_dir() and (ROOT / "pyproject.toml").is_file():
        return ROOT / "data_cache" / "live"
    from platformdirs import user_data_path

    return user_data_path("two-seas") / "live"


def refresh_button() -> bool | None:
    """TWO_SEAS_REFRESH_BUTTON as on or off; None where it says neither."""
    return {"on": True, "off": False}.get(_text(f"{PREFIX}REFRESH_BUTTON").lower())


def others() -> dict[str, str]:
    """The environment without any setting of ours: what a child that reads foreign files may know."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()
