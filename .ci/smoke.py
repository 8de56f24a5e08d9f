"""Every command once, and every page, with the packages of the Python that runs this.

One provider answers on loopback, in tonnes where megatonnes are kept; nobody answers for the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest
from typer.main import get_command

from dashboard import cli
from loaders import __main__ as maintainers
from loaders import catalogue
from loaders.environment import settings
from tests.payloads import climate_trace

BIN = Path(sys.executable).parent
NOBODY = "http://127.0.0.1:9/"
TRACE = ("--source", "climate-trace")
STORED, FETCHED = "caspian-level-dahiti", "kaz-ghg-climate-trace"
# A refresh on a file system that refuses every lock with this error.
WITHOUT_LOCKS = """
import errno, fcntl, os, sys
def flock(*given): raise OSError(errno.{0}, os.strerror(errno.{0}))
fcntl.flock = flock
sys.argv[1:] = ["refresh"]
from dashboard.cli import main
main()
"""


class Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        body = climate_trace.answer(asked["gadmId"][0], int(asked["year"][0]), [2e6] * 12)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: object) -> None:
        pass


def check(true: bool, *said: object) -> None:
    if not true:
        sys.exit("smoke: " + " ".join(map(str, said)))


def expect(code: int, word: str, *command: str) -> list[str]:
    """The lines on standard error of a command that ends with ``code`` and says ``word``."""
    line = [str(BIN / command[0]), *command[1:]]
    done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False)
    said = done.stdout + done.stderr
    # Names of arguments are in capitals or not by the version of Typer.
    named = word.lower() in said.lower()
    good = done.returncode == code and named and "Traceback" not in said
    check(good, *command, f"ended with {done.returncode}, not with {code} and {word!r}\n{said}")
    return done.stderr.splitlines()


def two_seas(code: int, word: str, *words: str) -> list[str]:
    return expect(code, word, "two-seas", *words)


def loaders(code: int, word: str, *words: str) -> list[str]:
    return expect(code, word, "python", "-m", "loaders", *words)


def helps() -> None:
    first, second = (list(get_command(one).commands) for one in (cli.app, maintainers.app))
    two_seas(0, first[-1], "--help")
    loaders(0, second[-1], "--help")
    for name in first:
        two_seas(0, f"two-seas {name}", name, "--help")
    for name in set(second) - set(first):
        loaders(0, f"python -m loaders {name}", name, "--help")


def readings(out: str) -> None:
    two_seas(0, STORED, "list")
    two_seas(0, f'"{STORED}"', "list", "--json")
    loaders(0, "cache id", "status")
    two_seas(2, "SERIES", "export")
    (valid,) = two_seas(2, "valid: ", "export", STORED, "--format", "none")
    for form in valid.rpartition("valid: ")[2].split(", "):
        two_seas(0, out, "export", STORED, "--format", form, "--out", out)
    two_seas(0, "E4", "assess")
    two_seas(0, '"E4"', "assess", "--json")
    two_seas(2, "--out", "brief")
    two_seas(0, out, "brief", "--lang", "ru", "--out", out)
    loaders(0, "World Bank", "licences")


def refreshes() -> None:
    for error in ("ENOSYS", "ENOTSUP"):
        lines = expect(5, "cannot lock", "python", "-c", WITHOUT_LOCKS.format(error))
        check(len(lines) == 1, error, *lines)
    asked = {row.source for row in catalogue().items.values()}
    sources = [one.id for one in catalogue().sources.values() if one.id in asked and one.module]
    free = [one for one in sources if not catalogue().sources[one].key_needed]
    lines = two_seas(4, "no connection", "refresh")
    check([line.split(":")[0] for line in lines] == free, "refresh: not one line per source", *lines)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    os.environ["TWO_SEAS_CLIMATE_TRACE_URL"] = f"http://127.0.0.1:{server.server_port}/"
    two_seas(0, "8 updated", "refresh", *TRACE)
    loaders(0, "climate-trace: ok", "check-live", *TRACE)
    two_seas(0, f'"id": "{FETCHED}"', "status", "--json")
    loaders(0, "-01-01,24.0,", "export", FETCHED, "--out", "-")  # twelve months of 2,000,000 t
    loaders(0, "8 unchanged", "rebuild")


def served() -> None:
    line = [str(BIN / "two-seas"), "open", "--no-browser"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = server.stdout.readline().split(" ")[0]
            check(url.startswith("http://127.0.0.1:"), "open printed no address")
            for path in ("", "_stcore/health"):
                with urllib.request.urlopen(url + path, timeout=20) as answer:
                    check(answer.status == 200, url + path, answer.status)
            server.terminate()
            check(server.wait(20) == 143, "open ended with", server.returncode)
        finally:
            server.kill()


def pages() -> None:
    app = AppTest.from_file(cli.APP, default_timeout=60).run()
    for page in sorted(cli.APP.parent.glob("views/[a-z]*.py")):
        app.switch_page(f"views/{page.name}").run()
        check(not app.exception and not app.error, page.name, app.exception, app.error)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        for name in [name for name in os.environ if name.startswith(("TWO_SEAS_", "STREAMLIT_"))]:
            del os.environ[name]
        named = {settings.variable(one, "URL"): NOBODY for one in catalogue().sources.values()}
        os.environ |= named | {"TWO_SEAS_CACHE": f"{home}/cache", "NO_PROXY": "127.0.0.1"}
        helps()
        readings(f"{home}/out")
        refreshes()
        served()
        pages()
    print(f"smoke: every command and every page with {sys.executable}")


if __name__ == "__main__":
    main()
