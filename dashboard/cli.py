"""``two-seas``: the commands of the loaders, ``assess``, ``brief``, and ``open``, which serves the dashboard.

Streamlit is started as a child process and never imported here, so that every other command starts fast.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import loaders
from dashboard import clock
from loaders.cli import commands, printing
from loaders.errors import Asking

APP = Path(__file__).with_name("app.py")
FIRST_PORT = 8501
PORTS = 100
PATIENCE = 60.0

app = commands.new_app("What was said about the Aral and the Caspian Sea beside what is measured.")


@app.command("open")
def open_(
    port: Annotated[int, typer.Option(help="or the next free one", min=1, max=65_535)] = FIRST_PORT,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="open it in the browser")] = True,
    address: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
) -> None:
    """Serve the dashboard until Ctrl-C."""
    number = free_port(address, port)
    child = subprocess.Popen(command(address, number), env=environment(), stdout=subprocess.DEVNULL)
    try:
        url = f"http://{shown(address)}:{number}/"
        wait_until_healthy(child, url)
        print(f"{url}  newest data {loaders.status()['newest'] or 'none'}", flush=True)
        if browser:
            webbrowser.open(url)
        code = child.wait()
    finally:
        stop(child)
    raise typer.Exit(1 if code else 0)


@app.command()
def assess(
    commitment: Annotated[list[str] | None, typer.Option(help="E1 ... S0; may be repeated")] = None,
    as_of: Annotated[str | None, typer.Option(help="a day, YYYY-MM-DD; default today")] = None,
    json: commands.Json = False,
) -> None:
    """The readings of every commitment of the speech from what is stored."""
    from dashboard.readings import assess as readings
    from dashboard.readings.listing import table
    from dashboard.register.commitments import register
    from dashboard.series.snapshot import load

    commands.require("commitment", commitment, list(register().commitments))
    found = readings.assess(load(), as_of=day(as_of), ids=commitment or ())
    if json:
        printing.json_text([one.to_json() for one in found])
    else:
        printing.text(table(found))


@app.command()
def brief(
    out: Annotated[str, typer.Option(help="the HTML file to write")],
    sea: Annotated[str | None, typer.Option(help="caspian or aral; default one page for each")] = None,
    lang: Annotated[str, typer.Option(help="language of the page")] = "en",
) -> None:
    """One printable page for each sea: the answer, the charts, the readings, the sources."""
    from dashboard.export.brief import document
    from dashboard.series.snapshot import load, speaking
    from dashboard.words import text

    seas = list(loaders.catalogue().seas)
    commands.require("sea", [sea] if sea else [], commands.sea_names())
    commands.require("language", [lang], text.languages())
    text.speak(lang)
    chosen = [sea] if sea in seas else seas
    page = document(speaking(load(), lang), chosen, day(None))
    printing.text([commands.write_file("brief", out, page.encode())])


def day(text: str | None) -> np.datetime64:
    """A day in ISO form, today without one. Raises Asking for another text or a day to come."""
    today = clock.today().astype(date)
    try:
        chosen = date.fromisoformat(text) if text else today
    except ValueError:
        raise Asking(f"assess: {text!r} is no day; write YYYY-MM-DD") from None
    if chosen > today:
        raise Asking(f"assess: {chosen} is still to come")
    return np.datetime64(chosen, "D")


def command(address: str, port: int) -> list[str]:
    """The child's command line. ``-P`` keeps the current folder off the module path."""
    return [
        sys.executable, "-P", "-m", "streamlit", "run", str(APP),
        "--server.address", address, "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """This environment, in which the child finds the packages wherever it is started, and is quiet."""
    path = [str(APP.parents[1]), os.environ.get("PYTHONPATH", "")]
    found = os.pathsep.join(part for part in path if part)
    return {"STREAMLIT_LOGGER_LEVEL": "warning", **os.environ, "PYTHONPATH": found}


def free_port(address: str, first: int) -> int:
    """The first port from ``first`` that can be bound. Raises Asking where there is none."""
    for port in range(first, min(first + PORTS, 65_536)):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except PermissionError:
                continue
            except socket.gaierror:
                raise Asking(f"open: {address!r} is no address of this computer") from None
            except OSError:
                continue
            return port
    raise Asking(f"open: no free port from {first} on {address}; choose another with --port")


def shown(address: str) -> str:
    """The address to put into a link: a wildcard is reached at the loopback address."""
    if address in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{address}]" if ":" in address else address


def wait_until_healthy(child: subprocess.Popen, url: str) -> None:
    """Return once the server answers. Raises Asking where it ends or stays silent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if child.poll() is not None:
            raise Asking(f"open: the server ended at once (code {child.returncode}); see the lines above")
        with suppress(OSError, urllib.error.URLError), opener.open(f"{url}_stcore/health", timeout=2) as got:
            if got.status == 200:
                return
        time.sleep(0.1)
    raise Asking(f"open: no answer at {url} within {PATIENCE:g} s")


def stop(child: subprocess.Popen) -> None:
    """End the server, politely first."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main() -> None:
    commands.leave_on_sigterm()
    commands.run(app, "two-seas")


if __name__ == "__main__":
    main()
