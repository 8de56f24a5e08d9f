"""A refresh of 20 sources beside a refresh of one alone: each answers after 200 ms with 180 kB.

Medians of interleaved runs; the ratio is the figure to quote, the seconds are for orientation. Two cases:
every source says that nothing changed (waiting), and every source sends its file again (all the work). The
servers run in a process of their own, as they would elsewhere.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

import loaders
from tests import made_up

COUNT = 20
LATENCY = 0.2
ROWS = 2_200
ROUNDS = 7
LIMIT = 1.25


class Answer(BaseHTTPRequestHandler):
    """One source, whose file never changes."""

    def __init__(self, *given, body: bytes) -> None:
        self.body = body
        super().__init__(*given)

    def do_GET(self) -> None:  # noqa: N802 - the name is http.server's
        time.sleep(LATENCY)
        same = self.headers.get("If-None-Match") == '"1"'
        self.send_response(304 if same else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "0" if same else str(len(self.body)))
        self.end_headers()
        if not same:
            self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(ports: Connection) -> None:
    """All sources, each at a port of its own, until the process is ended."""
    found = []
    for number in range(COUNT):
        handler = partial(Answer, body=made_up.body(number, ROWS))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.append(server.server_port)
    ports.send(found)
    threading.Event().wait()


def seconds(*sources: str, force: bool = False) -> float:
    began = time.perf_counter()
    done = loaders.refresh(loaders.Selection(sources=sources, force=force))
    took = time.perf_counter() - began
    if done.exit_code:
        raise RuntimeError(done.sources[0].series[0].message)
    return took


def compare(what: str, *, force: bool) -> float:
    """The ratio of all sources to one, printed with both times."""
    pairs = [(seconds(force=force), seconds(made_up.name(0), force=force)) for _ in range(ROUNDS)]
    ours, alone = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{what:16} {ours:.3f} s   {ours / alone:5.2f} x one alone ({alone:.3f} s)")
    return ours / alone


def measure() -> None:
    print(f"first refresh of {COUNT} sources: {seconds():.2f} s, imports included")
    waiting = compare("nothing changed", force=False)
    if waiting > LIMIT:
        waiting = compare("once more", force=False)
    compare("all sent again", force=True)
    print(f"goal: at most {LIMIT} x where nothing changed: {'met' if waiting <= LIMIT else 'missed'}")


def main() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    os.environ["no_proxy"] = "127.0.0.1"
    for number, port in enumerate(ours.recv()):
        os.environ[made_up.variable(number)] = f"http://127.0.0.1:{port}/"
    try:
        with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as tables:
            os.environ["TWO_SEAS_CACHE"] = cache
            with made_up.sources(Path(tables), COUNT):
                measure()
    finally:
        process.terminate()


if __name__ == "__main__":
    main()
