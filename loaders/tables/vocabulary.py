"""The words that rows may use: ids, kinds, grades, steps, flags, and the row itself."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Https = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
SeaId = Literal["caspian", "aral", "both"]
Kind = Literal["observed", "modelled", "published", "derived"]
# From the strongest to the weakest.
Grade = Literal["primary", "secondary", "read-off", "stated"]
Cadence = Literal["day", "10-day", "month", "quarter", "year", "irregular"]
Formula = Literal[
    "volume_change", "share_of_flow", "anomalies", "net_precipitation", "level_consensus"
]  # fmt: skip


Direction = Literal["lower", "higher", "none"]


class Flag(IntEnum):
    """QARTOD quality flags. Flags 4 and 9 never enter a mean, a trend or a headline."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
