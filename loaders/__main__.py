"""``python -m loaders``: the shared commands, and three for maintainers, without the dashboard."""

from __future__ import annotations

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


@app.command()
def seal(
    because: Annotated[str, typer.Option(help="why rows changed or went; kept in the manifest")] = "",
) -> None:
    """Check the embedded tables, show every row that differs, and rewrite their checksums."""
    from loaders.baseline import csv_tables
    from loaders.baseline.seal import of_last_commit
    from loaders.baseline.seal import seal as run

    folder = csv_tables.folder()
    changes = run(folder, of_last_commit(folder), because)
    printing.text([*map(str, changes), f"{len(changes)} rows differ; sealed"])


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
