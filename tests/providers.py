"""The three real providers on one loopback server, each answering in its own true format.

What they know is in the fields of ``Providers`` and can be changed between refreshes. Every answer carries
an ETag, and a request that knows it gets 304.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from loaders.tables.catalogue import catalogue
from loaders.tables.schema import Source
from tests.payloads import gwm, open_meteo, world_bank

TODAY = datetime.now(UTC).date()
# Lake id: mid-point, height of the reference pass above EGM2008, name.
LAKES = {
    270: (41.97, 50.385, -26.58, "Caspian"),
    275: (41.30, 53.50, -26.58, "Kara-Bogaz"),
    1442: (46.40, 60.60, 41.50, "Aral Sea (3)"),
    2327: (45.00, 58.50, 25.00, "Aral Sea (1)"),
    277: (45.00, 58.60, 25.00, "Aral Sea (2)"),
}
COUNTRIES = ("KAZ", "UZB", "TKM", "KGZ", "TJK", "AZE", "RUS", "IRN")
POINTS = 60


@dataclass
class Providers:
    """``relative`` heights by lake, newest last; ``status`` by the beginning of a path; what was asked."""

    relative: dict[int, list[float]] = field(default_factory=dict)
    emissions: dict[str, dict[int, float | None]] = field(default_factory=dict)
    rain: float = 1.0
    status: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    conditional: list[str] = field(default_factory=list)
    unchanged: int = 0

    def answer(self, request: Request) -> Response:
        path = request.full_path.rstrip("?")
        self.asked.append(path)
        for start, status in self.status.items():
            if path.startswith(start):
                return Response(status=status)
        body, kind = self.body(request)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match"):
            self.conditional.append(path)
        if request.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            return Response(status=304, headers={"ETag": tag})
        return Response(body, content_type=kind, headers={"ETag": tag})

    def body(self, request: Request) -> tuple[bytes, str]:
        if found := re.fullmatch(r"/gwm/timeseries/lake(\d{6})\.10d\.2\.txt", request.path):
            return self.lake(int(found[1])), "text/plain"
        if found := re.fullmatch(r"/wb/country/([A-Z;]+)/indicator/([A-Z0-9.]+)", request.path):
            values = {iso3: self.emissions[iso3] for iso3 in found[1].split(";")}
            return world_bank.answer(world_bank.rows(found[2], values)), "application/json"
        assert request.path == "/om/archive"
        return self.weather(request.args), "application/json"

    def lake(self, lake_id: int) -> bytes:
        latitude, longitude, factor, name = LAKES[lake_id]
        heights = self.relative[lake_id]
        newest = TODAY - timedelta(days=7)
        days = [newest - timedelta(days=10 * (len(heights) - 1 - place)) for place in range(len(heights))]
        rows = [gwm.Row(day, height) for day, height in zip(days, heights, strict=True)]
        return gwm.lake_file(
            rows, lake_id=lake_id, name=name, latitude=latitude, longitude=longitude, factor=factor
        )

    def weather(self, asked) -> bytes:
        days = open_meteo.days(date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"]))
        known = {
            "temperature_2m_mean": 12.5,
            "precipitation_sum": self.rain,
            "et0_fao_evapotranspiration": 2.0,
            "wind_speed_10m_mean": 5.0,
        }
        values = {name: [known[name]] * len(days) for name in asked["daily"].split(",")}
        places = zip(asked["latitude"].split(","), asked["longitude"].split(","), strict=True)
        return open_meteo.answer(
            *(open_meteo.point(float(north), float(east), days, values) for north, east in places)
        )


def start(server: HTTPServer, monkeypatch) -> Providers:
    """Serve all three and name them in the environment."""
    found = Providers(
        relative={
            lake_id: [round(-1.0 - 0.01 * (step % 7), 2) for step in range(POINTS)]
            if lake_id in (270, 275)
            else [round(0.01 * (step % 5), 2) for step in range(POINTS)]
            for lake_id in LAKES
        },
        emissions={iso3: {year: 10.0 + year - 2015 for year in range(2015, 2025)} for iso3 in COUNTRIES},
    )
    server.expect_request(re.compile("^/")).respond_with_handler(found.answer)
    for source, path in (("GWM", "/gwm"), ("WORLD_BANK", "/wb"), ("OPEN_METEO", "/om")):
        monkeypatch.setenv(f"TWO_SEAS_{source}_URL", server.url_for(path))
    return found


def series_of(source: str) -> list[str]:
    return [row.id for row in catalogue().series.values() if row.source == source]


def live_sources() -> list[Source]:
    """The sources that a refresh asks, in its order."""
    served = {row.source for row in catalogue().items.values()}
    return [one for one in catalogue().sources.values() if one.module and one.id in served]


def unplug(monkeypatch) -> None:
    """Send every source to a port where nobody listens."""
    for source in live_sources():
        name = source.id.upper().replace("-", "_")
        monkeypatch.setenv(f"TWO_SEAS_{name}_URL", "http://127.0.0.1:9/")
