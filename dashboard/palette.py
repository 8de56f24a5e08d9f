"""The colours of charts and marks, one set per ground. Contrast and colour-vision distances are tested."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Roles, not hues: two hues and two neutrals stay apart in every kind of colour vision."""

    ground: str
    ink: str
    muted: str
    caspian: str
    north_aral: str
    north_aral_text: str
    comparison: str
    grid: str
    worse: str
    better: str
    same: str

    @property
    def south_aral(self) -> str:
        return self.ink

    @property
    def bed(self) -> str:
        """Bed that falls dry: the hue furthest from water in every kind of colour vision."""
        return self.north_aral

    def line(self, role: str) -> str:
        """Colour of lines by the role that the rows of water bodies and seas name."""
        return getattr(self, role.replace("-", "_"))

    def text(self, role: str) -> str:
        """Colour of words by the same role: small letters need more contrast than lines."""
        return self.north_aral_text if role == "north-aral" else self.line(role)


LIGHT = Palette(
    ground="#FBFAF7",
    ink="#1D2A33",
    muted="#5B6770",
    caspian="#0B5C8A",
    north_aral="#C2571A",
    north_aral_text="#A8480F",
    comparison="#848E96",
    grid="#E3E1DA",
    worse="#8C2D04",
    better="#0B5C8A",
    same="#6B7280",
)
DARK = Palette(
    ground="#12181D",
    ink="#E6E9EA",
    muted="#A3ADB5",
    caspian="#6CB6E4",
    north_aral="#F0935A",
    north_aral_text="#F0935A",
    comparison="#8A949C",
    grid="#2A333A",
    worse="#F2A07B",
    better="#6CB6E4",
    same="#9AA5AD",
)


def palette(theme: str | None) -> Palette:
    return DARK if theme == "dark" else LIGHT
