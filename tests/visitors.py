"""Visitors of a running dashboard who speak to it as a browser's page does, without a browser."""

from __future__ import annotations

import asyncio

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0


async def opened(url: str, origin: str | None = None) -> ClientConnection:
    """A handshake; ``url`` is the dashboard's http address. Raises InvalidStatus where it is refused."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    return await connect(
        address, origin=origin, subprotocols=["streamlit"], max_size=None, proxy=None, open_timeout=PATIENCE
    )


async def visit(url: str, page: str = "", query: str = "") -> list[ForwardMsg]:
    """All messages of one visit, from the handshake to the end of the script."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    line = await opened(url, url)
    await line.send(asked.SerializeToString())
    heard = []
    while not heard or heard[-1].WhichOneof("type") != "script_finished":
        heard.append(ForwardMsg.FromString(await asyncio.wait_for(line.recv(), PATIENCE)))
    await line.close()
    return heard


def together(url: str, count: int, page: str = "") -> list[list[ForwardMsg]]:
    """So many visits at once."""

    async def all_of_them() -> list[list[ForwardMsg]]:
        return await asyncio.gather(*(visit(url, page) for _ in range(count)))

    return asyncio.run(all_of_them())


def failures(heard: list[ForwardMsg]) -> list[str]:
    """Exceptions and error boxes among the messages, and an end that was not a success."""
    found = []
    for message in heard:
        element = message.delta.new_element
        if element.HasField("exception"):
            found.append(element.exception.message)
        if element.HasField("alert") and element.alert.format == element.alert.ERROR:
            found.append(element.alert.body)
    if heard[-1].script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
        found.append(f"ended with {heard[-1].script_finished}")
    return found
