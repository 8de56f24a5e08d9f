"""Visitors of a running dashboard who speak to it as a browser's page does, without a browser."""

from __future__ import annotations

import asyncio

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 120.0


async def connect(url: str, origin: str | None = None) -> WebSocketClientConnection:
    """A handshake; ``url`` is the dashboard's http address. Raises HTTPClientError where it is refused."""
    headers = {"Origin": origin} if origin else {}
    request = HTTPRequest(f"{url.replace('http', 'ws', 1)}/_stcore/stream", headers=headers)
    return await websocket_connect(request, subprotocols=["streamlit"], max_message_size=100_000_000)


async def visit(url: str, page: str = "", query: str = "") -> list[ForwardMsg]:
    """All messages of one visit, from the handshake to the end of the script."""
    line = await connect(url, url)
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    await line.write_message(asked.SerializeToString(), binary=True)
    heard = []
    while not heard or heard[-1].WhichOneof("type") != "script_finished":
        data = await asyncio.wait_for(line.read_message(), PATIENCE)
        assert data is not None, "the server closed the line"
        heard.append(ForwardMsg.FromString(data))
    line.close()
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
