"""``python -m loaders``: the shared commands, and three for maintainers, without the dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loaders.cli import commands, printing

app = commands.new_app("Public series of the Aral and the Caspian: list, refresh, export.")


@app.command()
def rebuild(source: commands.Sources = None) -> None:
    """Parse the kept raw answers again, without network."""
    from loaders.pipeline import report
    from loaders.pipeline.rebuild import rebuild as run

    commands.require("source", source, commands.live_sources())
    done = run(source or ())
    printing.text(report.lines(done) or ["nothing kept"])
    raise typer.Exit(done.exit_code)


@app.command("build-baseline")
def build_baseline(
    folder: Annotated[Path, typer.Argument(help="folder of the tidy files of published figures")],
    out: Annotated[Path | None, typer.Option(help="default: data_cache/baseline")] = None,
) -> None:
    """Make the embedded baseline from files of published figures."""
    from loaders.baseline import build_baseline, csv_tables

    target = out or csv_tables.folder()
    made = build_baseline.build(folder, target)
    printing.text([f"{len(made['series'])} series and {len(made['tables'])} tables in {target}"])


@app.command()
def licences() -> None:
    """The data-licence table of the documentation, made from the catalogue."""
    from loaders.tables.catalogue import catalogue
    from loaders.tables.licences import markdown

    printing.text(markdown(catalogue()).splitlines())


def main() -> None:
    commands.leave_on_sigterm()
    commands.run(app, "python -m loaders")


if __name__ == "__main__":
    main()
