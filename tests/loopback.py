"""A scripted server on a raw socket: it can break off, drip, lie and stay silent, which a real one will not.

``serve([reply, ...])`` answers the first connection with the first reply and so on; the last one repeats. A
reply is a function of the connected socket. ``server.heads`` holds the request heads that arrived.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Reply = Callable[[socket.socket], None]


@dataclass
class Server:
    port: int
    scheme: str = "http"
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    @property
    def hits(self) -> int:
        return len(self.heads)

    def header(self, name: str, hit: int = -1) -> str | None:
        for line in self.heads[hit].split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    def path(self, hit: int = -1) -> str:
        return self.heads[hit].split(" ")[1]


@contextmanager
def serve(replies: Sequence[Reply], *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], "https" if tls else "http")
    stop = threading.Event()

    def answer(connection: socket.socket, reply: Reply) -> None:
        with suppress(OSError), connection:
            reply(connection)

    def run() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
                connection = tls.wrap_socket(connection, server_side=True) if tls else connection
                head = _head(connection)
            except OSError:
                continue
            if head:
                server.heads.append(head)
                reply = replies[min(server.hits, len(replies)) - 1]
                threading.Thread(target=answer, args=(connection, reply), daemon=True).start()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            pass
        thread.join(timeout=2)
        listener.close()


def _head(connection: socket.socket) -> str:
    connection.settimeout(5)
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            break
        received += piece
    return received.decode("latin-1")


def response(body: bytes = b"", status: str = "200 OK", *, length: int | None = -1, **headers: str) -> bytes:
    """One whole response; ``length`` replaces the true Content-Length, and None leaves it out."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def send(data: bytes) -> Reply:
    return lambda connection: connection.sendall(data)


def reply(body: bytes = b"", status: str = "200 OK", *, length: int | None = -1, **headers: str) -> Reply:
    return send(response(body, status, length=length, **headers))


def then_reset(data: bytes) -> Reply:
    """Send, then cut the connection with RST instead of a proper end."""

    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return act


def drip(fast: bytes, slow: bytes, pause: float = 0.1) -> Reply:
    """Send ``fast`` at once, then ``slow`` one byte at a time."""

    def act(connection: socket.socket) -> None:
        connection.sendall(fast)
        for byte in slow:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return act


def silent(seconds: float = 30.0) -> Reply:
    return lambda connection: time.sleep(seconds)


def endless(head: bytes, piece: bytes = b"0" * 65_536) -> Reply:
    def act(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return act


def chunked(*pieces: bytes, end: bool = True) -> bytes:
    """A body in the chunked transfer coding; without ``end`` the closing chunk is missing."""
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
    return body + (b"0\r\n\r\n" if end else b"")
