"""What a provider is asked, and what is stored of its earlier answers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One question: ``path`` is joined to the source's base address; it serves the named series.

    A whole address in ``path`` must be on a host of the source. With ``body``, a JSON text, it is a POST.
    ``instead`` is the path to ask where the first is refused or gone. The answer to a ``step`` only leads to
    the next request and is not kept; ``wait`` seconds pass before asking.
    """

    path: str
    series: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    instead: str = ""
    step: bool = False
    wait: float = 0.0

    @property
    def name(self) -> str:
        """What tells this question from the others of its source."""
        return f"{self.path} {self.body}" if self.body else self.path


@dataclass(frozen=True)
class Held:
    """What the store already holds of a series, for sources that ask only for what is missing."""

    first: str
    newest: str
