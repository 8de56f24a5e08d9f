"""The dashboard as a reader gets it: a server of its own with a cache of its own, and lake files on loopback.

Sources other than the lake files are at a port where nobody answers, so that a refresh is told at once.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from loaders.tables.catalogue import catalogue
from tests.conftest import ROOT
from tests.payloads import gwm
from tests.providers import LAKES

PATIENCE = 60.0
TODAY = datetime.now(UTC).date()
FIRST, FALL = date(2022, 1, 3), -0.13  # metres a year, near what the Caspian did


@dataclass
class Lakes:
    """Lake files with a pass every ten days; ``newest`` may be moved on between two refreshes."""

    newest: date = TODAY - timedelta(days=27)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        found = re.fullmatch(r"/timeseries/lake(\d{6})\.10d\.2\.txt", request.path)
        if not found:
            return Response(status=404)
        return Response(self.file(int(found[1])), content_type="text/plain")

    def file(self, lake_id: int) -> bytes:
        latitude, longitude, factor, name = LAKES[lake_id]
        count = (self.newest - FIRST).days // 10
        days = [self.newest - timedelta(days=10 * at) for at in range(count, -1, -1)]
        rows = [gwm.Row(day, round(FALL * (day - FIRST).days / 365.25, 2)) for day in days]
        return gwm.lake_file(
            rows, lake_id=lake_id, name=name, latitude=latitude, longitude=longitude, factor=factor
        )


@dataclass(frozen=True)
class Served:
    url: str
    lakes: Lakes
    pid: int


@contextmanager
def served(cache: Path, *, path: Path | None = None) -> Iterator[Served]:
    """The dashboard on a free port until the block ends; modules are looked for in ``path`` first."""
    lakes, provider, nobody = Lakes(), HTTPServer(host="127.0.0.1"), socket.socket()
    nobody.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
    provider.expect_request(re.compile("^/")).respond_with_handler(lakes.answer)
    provider.start()
    port = free_port()
    settings = environment(cache, provider.url_for("/"), f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    settings |= {"PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])} if path else {}
    log = cache / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(command(port), env=settings, stdout=out, stderr=out, cwd=cache)
        try:
            wait_until_healthy(server, f"http://127.0.0.1:{port}/", log)
            yield Served(f"http://127.0.0.1:{port}", lakes, server.pid)
        finally:
            server.terminate()
            server.wait(timeout=10)
            provider.stop()
            nobody.close()


def command(port: int) -> list[str]:
    return [
        sys.executable, "-P", "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"),
        "--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true",
    ]  # fmt: skip


def environment(cache: Path, lakes: str, nobody: str) -> dict[str, str]:
    foreign = ("TWO_SEAS_", "STREAMLIT_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    urls = {
        f"TWO_SEAS_{source.id.upper().replace('-', '_')}_URL": nobody
        for source in catalogue().sources.values()
        if source.module
    }
    return {
        **own,
        **urls,
        "TWO_SEAS_GWM_URL": lakes,
        "TWO_SEAS_CACHE": str(cache / "live"),
        "TWO_SEAS_DEADLINE": "15",
        "PYTHONPATH": str(ROOT),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(server: subprocess.Popen, url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError, urllib.error.URLError), opener.open(f"{url}_stcore/health", timeout=2) as got:
            if got.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text('utf-8')}")
