"""Visitors of a running dashboard who speak to it as a browser's page does, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0

T = TypeVar("T")


def run(work: Coroutine[None, None, T]) -> T:
    """In a thread of its own: a browser that another test drives keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()


@dataclass
class Seen:
    """What one visitor saw: the number of charts, and what went wrong. The messages themselves are let go."""

    charts: int = 0
    failures: list[str] = field(default_factory=list)
    ended: bool = False

    def hear(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        self.charts += element.HasField("plotly_chart")
        if element.HasField("exception"):
            self.failures.append(element.exception.message)
        if element.HasField("alert") and element.alert.format == element.alert.ERROR:
            self.failures.append(element.alert.body)
        if message.WhichOneof("type") == "script_finished":
            self.ended = True
            if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                self.failures.append(f"ended with {message.script_finished}")


async def opened(url: str, origin: str | None = None) -> ClientConnection:
    """A handshake; ``url`` is the dashboard's http address. Raises InvalidStatus where it is refused."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    return await connect(
        address, origin=origin, subprotocols=["streamlit"], max_size=None, proxy=None, open_timeout=PATIENCE
    )


async def visit(url: str) -> Seen:
    """One visit of the Overview, from the handshake to the end of the script."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    line = await opened(url, url)
    await line.send(asked.SerializeToString())
    seen = Seen()
    while not seen.ended:
        seen.hear(ForwardMsg.FromString(await asyncio.wait_for(line.recv(), PATIENCE)))
    await line.close()
    return seen


def together(url: str, count: int) -> list[Seen]:
    """So many visits at once."""

    async def all_of_them() -> list[Seen]:
        return await asyncio.gather(*(visit(url) for _ in range(count)))

    return run(all_of_them())
