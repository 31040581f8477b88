"""People who hand in, and do so again with the same request until they are shown their result."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from tests.bench.servers import HOST

# Every so many hand-ins are sent once more after their answer, as a second click would.
AGAIN = 10


@dataclass
class Heard:
    """What the clients were told, and what they were not."""

    acknowledged: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    tries: int = 0
    # Sent, and the connection broke before an answer: whether it was written is unknown until the next try.
    in_doubt: int = 0
    refused: int = 0
    server_errors: int = 0
    odd: list[str] = field(default_factory=list)
    in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One browser: a connection that is opened again when it broke."""

    def __init__(self, port: int, heard: Heard, timeout: float = 30) -> None:
        self.port, self.heard, self.timeout = port, heard, timeout
        self.connection: HTTPConnection | None = None

    def hand_in(self, request: Mapping[str, Any]) -> bool:
        """Send it once; whether the answer leads to the result of this very attempt."""
        heard, started, was_sent = self.heard, time.perf_counter(), False
        headers = {"Cookie": request["cookie"], "Content-Type": "application/x-www-form-urlencoded"}
        with heard.lock:
            heard.tries += 1
            heard.in_flight += 1
        try:
            if self.connection is None:
                self.connection = HTTPConnection(HOST, self.port, timeout=self.timeout)
                self.connection.connect()
            was_sent = True
            self.connection.request("POST", request["path"], request["body"], headers)
            response = self.connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            self.drop()
            with heard.lock:
                heard.in_doubt += was_sent
                heard.refused += not was_sent
            return False
        finally:
            with heard.lock:
                heard.in_flight -= 1
        leads_to = urlsplit(response.getheader("Location") or "").path
        with heard.lock:
            if response.status == 302 and leads_to == f"{request['path']}result/":
                heard.acknowledged.add(request["path"])
                heard.seconds.append(time.perf_counter() - started)
                return True
            if response.status >= 500:
                heard.server_errors += 1
            else:
                heard.odd.append(f"{request['path']}: {response.status} to {leads_to}")
        return False

    def drop(self) -> None:
        """Forget the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class Gate:
    """Lets hand-ins through only so far, so that they last as long as the trouble does."""

    def __init__(self, requests: Sequence[Mapping[str, Any]]) -> None:
        self._requests = list(requests)
        self._next = 0
        self.open_to = 0
        self._changed = threading.Condition()

    def let(self, open_to: int) -> None:
        """Let the first so many through."""
        with self._changed:
            self.open_to = max(self.open_to, min(open_to, len(self._requests)))
            self._changed.notify_all()

    def take(self, over: threading.Event) -> tuple[int, Mapping[str, Any]] | None:
        """The next hand-in; none when all were taken or all is over."""
        with self._changed:
            while self._next < len(self._requests) and self._next >= self.open_to and not over.is_set():
                self._changed.wait(0.2)
            if over.is_set() or self._next >= len(self._requests):
                return None
            self._next += 1
            return self._next - 1, self._requests[self._next - 1]


def crowd(
    port: int, gate: Gate, heard: Heard, over: threading.Event, *, pause: float = 0.2, again: bool = True
) -> None:
    """One client's whole work: takes hand-ins and sends each until it is acknowledged."""
    client = Client(port, heard)
    while (taken := gate.take(over)) is not None:
        number, request = taken
        while not client.hand_in(request):
            if over.is_set():
                return
            time.sleep(pause)
        if again and number % AGAIN == 0:
            client.hand_in(request)
    client.drop()
