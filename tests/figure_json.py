"""What a plotly figure says as the JSON that a browser gets: its strings, numbers, traces and colours."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

COLOR = re.compile(r"#[0-9A-Fa-f]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)")
OWN_MARKUP = re.compile(r"</?b>|<br>")
ASCII_MINUS = re.compile(r"(?<![\w.])-\d")


def load(figure: Any) -> dict[str, Any]:
    return json.loads(figure if isinstance(figure, str) else figure.to_json())


def strings(node: Any) -> Iterator[str]:
    """Every text in the figure, names of fields apart."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key != "bdata":
                yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def shown(spec: dict[str, Any]) -> Iterator[str]:
    """The texts that a reader sees: annotations, labels beside points, hover."""
    for trace in spec["data"]:
        for name in ("text", "hovertext"):
            yield from strings(trace.get(name, []))
    for note in spec["layout"].get("annotations", []):
        yield note["text"]


def colors(spec: dict[str, Any]) -> set[str]:
    return {found for text in strings(spec) for found in COLOR.findall(text)}


def numbers(values: Any) -> np.ndarray:
    """A column of a trace; plotly sends number arrays as base64 of their bytes, and NaN as null in lists."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).astype(float)
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def traces(spec: dict[str, Any], name: str, *, mode: str = "") -> list[dict[str, Any]]:
    return [one for one in spec["data"] if one.get("name") == name and mode in ("", one["mode"])]


def notes(spec: dict[str, Any]) -> list[str]:
    return [note["text"].replace("<br>", "\n") for note in spec["layout"].get("annotations", [])]


def vertical_lines(spec: dict[str, Any]) -> list[str]:
    """Where the upright lines of the figure stand."""
    shapes = [shape for shape in spec["layout"].get("shapes", []) if shape["type"] == "line"]
    return [str(shape["x0"]) for shape in shapes if shape["x0"] == shape["x1"]]
