"""Drawn signs: the wave, the mark of a state, steps and ages, as SVG of a few bytes."""

from __future__ import annotations

from urllib.parse import quote as quote_url

from dashboard.palette import Palette

WAVE = "c4 -5 8 -5 12 0 s8 5 12 0"
# The name in strokes, so that it looks the same where no font is installed: T w o S e a s.
NAME = (
    "M40 9 h11 M45.5 9 v14 M54 13.5 l3 9.5 l3 -9.5 l3 9.5 l3 -9.5 M74 13.2 a4.9 4.9 0 1 0 .01 0 "
    "M97 11 c-2 -2.6 -8.4 -2.6 -8.4 1.4 c0 4.4 8.8 2.4 8.8 7 c0 4.6 -7.4 4.6 -9.4 1.4 "
    "M102 18 h8.6 c0 -6.4 -8.8 -6.4 -8.8 .2 c0 5.6 6 6 8.2 3.2 "
    "M123 13.4 v9.6 M123 18.2 a4.5 4.9 0 1 0 0 .1 M135.4 14.6 c-1.6 -2 -6.4 -2 -6.4 .8 c0 3 6.8 1.6 6.8 4.8 "
    "c0 3.2 -5.6 3.2 -7.2 1"
)


def logo(look: Palette) -> str:
    """Two waves, one for each sea, and the name, as a picture that needs no file and no font."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="140" height="32" viewBox="0 0 140 32">'
        '<g fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"{_waves(look, 12)}"
        f'<path d="{NAME}" stroke="{look.ink}" stroke-width="2.1"/></g></svg>'
    )


def icon(look: Palette) -> str:
    """The two waves alone, for the browser's tab."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">'
        f'<g fill="none" stroke-linecap="round">{_waves(look, 10)}</g></svg>'
    )


def _waves(look: Palette, top: int) -> str:
    strokes = ((top, look.caspian), (top + 9, look.north_aral))
    return "".join(f'<path d="M2 {y} {WAVE}" stroke="{color}" stroke-width="2.6"/>' for y, color in strokes)


SHAPES = {
    "wedge-up": '<path d="M7 2 L13 12 L1 12 Z" fill="{c}"/>',
    "wedge-up-open": '<path d="M7 2.6 L12.4 11.6 L1.6 11.6 Z" fill="none" stroke="{c}" stroke-width="1.6"/>',
    "wedge-down": '<path d="M7 12 L13 2 L1 2 Z" fill="{c}"/>',
    "wedge-down-open": '<path d="M7 11.4 L12.4 2.4 L1.6 2.4 Z" fill="none" stroke="{c}" stroke-width="1.6"/>',
    "bar": '<rect x="2" y="4.5" width="10" height="5" fill="{c}"/>',
    "dash": '<rect x="2" y="6" width="10" height="2" fill="{c}"/>',
    "half": '<circle cx="7" cy="7" r="5.2" fill="none" stroke="{c}" stroke-width="1.6"/>'
    '<path d="M7 1.8 A5.2 5.2 0 0 0 7 12.2 Z" fill="{c}"/>',
    "dots": '<circle cx="2.5" cy="7" r="1.6" fill="{c}"/><circle cx="7" cy="7" r="1.6" fill="{c}"/>'
    '<circle cx="11.5" cy="7" r="1.6" fill="{c}"/>',
    "circle": '<circle cx="7" cy="7" r="5.2" fill="none" stroke="{c}" stroke-width="1.6"/>',
    "square": '<rect x="2" y="2" width="10" height="10" fill="none" stroke="{c}" stroke-width="1.6"/>',
}


def shape(name: str, color: str) -> str:
    """One state's shape as a picture with empty alt text: the word always stands beside it."""
    return _picture(SHAPES[name].replace("{c}", color), 14)


def ladder(steps: int, color: str, *, struck: bool = False) -> str:
    """Four boxes, filled to the step reached; struck through where it lapsed."""
    boxes = "".join(
        f'<rect x="{1 + at * 14}" y="2" width="10.5" height="10.5" fill="{color if at < steps else "none"}" '
        f'stroke="{color}" stroke-width="1.2"/>'
        for at in range(4)
    )
    line = f'<path d="M0 7.2 H56" stroke="{color}" stroke-width="1.6"/>' if struck else ""
    return _picture(boxes + line, 57)


def age_bar(steps: float, color: str, *, stale: float, most: float) -> str:
    """An age in steps as a bar that ends at ``most``, with a tick where a series becomes stale."""
    size, full = 96, 94
    length = max(full * min(steps, most) / most, 1.5)
    tick = 1 + full * stale / most
    body = (
        f'<rect x="1" y="10" width="{full}" height="1" fill="{color}" opacity="0.35"/>'
        f'<rect x="1" y="4" width="{length:.1f}" height="5" fill="{color}"/>'
        f'<rect x="{tick:.1f}" y="2" width="1" height="11" fill="{color}" opacity="0.6"/>'
    )
    return _picture(body, size)


def _picture(body: str, width: int) -> str:
    size = f'width="{width}" height="14"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} 14">{body}</svg>'
    return f'<img alt="" class="ts-shape" {size} src="data:image/svg+xml,{quote_url(svg)}">'
