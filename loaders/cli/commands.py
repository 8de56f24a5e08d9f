"""The commands that ``two-seas`` and ``python -m loaders`` share; errors are one line on standard error.

Exit codes: 0 good; 2 wrong arguments; 3 some series failed; 4 all did; 5 cache busy or unusable; 130 and 143
for Ctrl-C and SIGTERM; 1 only for a bug.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn

import typer

import loaders
from loaders.cli import printing, progress
from loaders.errors import Asking, Cache, LoadError, NoData, UnknownSeries

Seas = Annotated[list[str] | None, typer.Option("--sea", help="caspian or aral; may be repeated")]
Indicators = Annotated[list[str] | None, typer.Option("--indicator", help="may be repeated")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="may be repeated")]
Json = Annotated[bool, typer.Option("--json", help="machine-readable")]


def list_(
    sea: Annotated[str | None, typer.Option(help="caspian or aral")] = None,
    indicator: Annotated[str | None, typer.Option()] = None,
    json: Json = False,
) -> None:
    """The catalogue: every series and field, and what is stored of it."""
    require("sea", [sea] if sea else [], sea_names())
    require("indicator", [indicator] if indicator else [], list(loaders.catalogue().indicators))
    found = loaders.list_series(sea, indicator) + ([] if indicator else loaders.list_fields(sea))
    printing.json_text(found) if json else printing.text(printing.list_table(found))


def status(json: Json = False) -> None:
    """What the cache holds, its age, the last attempt of each source."""
    found = loaders.status()
    printing.json_text(found) if json else printing.text(printing.status_table(found))


def refresh(
    sea: Seas = None,
    indicator: Indicators = None,
    source: Sources = None,
    force: Annotated[bool, typer.Option(help="ask even if asked recently; never accepts held data")] = False,
    accept: Annotated[list[str] | None, typer.Option(help="accept the last hold of an id")] = None,
) -> None:
    """Fetch, check and store."""
    from loaders.pipeline import report
    from loaders.tables.catalogue import find_item

    require("sea", sea, sea_names())
    require("indicator", indicator, list(loaders.catalogue().indicators))
    require("source", source, live_sources())
    for series in accept or ():
        find_item(series)
    chosen = loaders.Selection(
        tuple(sea or ()), tuple(indicator or ()), tuple(source or ()), force, tuple(accept or ())
    )
    try:
        with progress.shown() as step:
            done = loaders.refresh(chosen, on_progress=step)
    except Cache as error:
        raise type(error)(report.cache_line(error, loaders.status()["newest"])) from None
    if not done.sources:
        raise Asking("refresh: no live series matches; `list` shows what there is")
    printing.text(report.lines(done))
    for part in done.sources:
        printing.error(report.error_line(part))
    raise typer.Exit(done.exit_code)


def export(
    series: Annotated[list[str], typer.Argument(help="ids as printed by `list`")],
    format: Annotated[str, typer.Option(help="csv or netcdf")] = "csv",
    out: Annotated[str | None, typer.Option(help="a file, or - for standard output")] = None,
    raw: Annotated[bool, typer.Option(help="also values flagged 4 or 9")] = False,
) -> None:
    """Series and fields as tidy CSV or as CF NetCDF."""
    from loaders.access import export as exporting
    from loaders.access import opening

    require("format", [format], ["csv", "netcdf"])
    chosen = [opening.open_item(name) for name in dict.fromkeys(series)]
    name, data = exporting.package(chosen, format, raw=raw)
    if out == "-":
        printing.raw(data)
        return
    printing.text([write_file("export", out or name, data)])


def write_file(command: str, name: str, data: bytes) -> str:
    """The whole path of the file that now holds ``data``. Raises Asking where it cannot be written."""
    path = os.path.abspath(name)
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise Asking(f"{command}: cannot write {path} ({error.strerror})") from None
    return path


def check_live(source: Sources = None) -> None:
    """Ask each source for its smallest answer: are address, format and ids as expected? Stores nothing."""
    from loaders.pipeline import live_check

    require("source", source, live_sources())
    findings = live_check.check(source or ())
    for found in findings:
        printing.text([f"{found.source}: {found.outcome}: {found.text}"])
    raise typer.Exit(live_check.exit_code(findings))


SHARED: dict[str, Callable] = {
    "list": list_,
    "refresh": refresh,
    "status": status,
    "export": export,
    "check-live": check_live,
}


def new_app(help: str) -> typer.Typer:
    """An app with the shared commands."""
    app = typer.Typer(
        help=help, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
        add_completion=False,
    )  # fmt: skip
    for name, function in SHARED.items():
        app.command(name)(function)
    return app


def run(app: typer.Typer, program: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code; errors are one line."""
    printing.prepare()
    sys.exit(_code(app, program, arguments))


def require(what: str, given: Sequence[str] | None, valid: Sequence[str]) -> None:
    """Raises Asking with all valid names where one that is given is not among them."""
    for name in given or ():
        if name not in valid:
            raise WrongName(f"unknown {what} {name!r}; valid: {', '.join(valid)}")


def sea_names() -> list[str]:
    return [*loaders.catalogue().seas, "both"]


def live_sources() -> list[str]:
    return [source.id for source in loaders.catalogue().sources.values() if source.module]


class WrongName(Asking):
    """Its text lists every valid name, however many there are."""

    def __str__(self) -> str:
        return str(self.args[0])


def _code(app: typer.Typer, program: str, arguments: Sequence[str] | None) -> int:
    try:
        code: Any = app(args=arguments, prog_name=program, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except LoadError as error:
        printing.error(f"{program}: {error}" if isinstance(error, Asking) else str(error))
        return exit_code(error)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        # Typer carries its own copy of click or uses the installed one: usage errors are told by shape.
        text = getattr(error, "format_message", None)
        if text is None:
            raise
        usage = str(text())
        printing.error(usage if usage.startswith("Usage") else f"{program}: {usage}")
        return 2


def exit_code(error: LoadError) -> int:
    """The exit code of an error that ended a command."""
    if isinstance(error, Cache):
        return 5
    if isinstance(error, NoData):
        return 4
    return 2 if isinstance(error, Asking | UnknownSeries) else 4


def leave_on_sigterm() -> None:
    """SIGTERM ends the process as an exit, so that locks and folders are put in order; for ``main`` alone."""
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
