"""The load: a few keep-alive connections in a process of their own. Reads one job as JSON from stdin, writes its result to stdout.

A job: {"port", "kind": "cycle" | "once" | "journey" | "stream", "seconds", "connections", "requests" or "walkers" and "journey"}.
A request: {"path", "cookie", "body", "accept", "expect", "refused"}; the last is where a refusal would redirect to.
"""

import itertools
import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1"
FIELD = re.compile(rb'name="q(\d+)"')


class Tally:
    """Latencies and faults of one job, from all its threads."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.bytes = 0
        self.faults: list[str] = []
        self.lock = threading.Lock()

    def add(self, seconds: float, size: int, fault: str) -> None:
        """Note one answer."""
        with self.lock:
            self.seconds.append(seconds)
            self.bytes += size
            if fault:
                self.faults.append(fault)


class Browser:
    """One connection that keeps alive."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=120)
        self.tally = tally

    def ask(self, request: Mapping[str, Any]) -> tuple[bytes, str]:
        """Send one request; returns the body and the path of the redirect, if any."""
        headers = {"Cookie": request["cookie"]} if request.get("cookie") else {}
        if request.get("accept"):
            headers["Accept"] = request["accept"]
        body = request.get("body")
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        try:
            self.connection.request("GET" if body is None else "POST", request["path"], body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as fault:
            self.connection.close()
            self.tally.add(time.perf_counter() - started, 0, f"{request['path']}: {fault!r}")
            return b"", ""
        expected = request.get("expect") or (200 if body is None else 302)
        location = response.getheader("Location") or ""
        # A refusal redirects too, with a message for the reader: it would be counted as work done.
        sound = response.status == expected and location != request.get("refused", "-")
        fault = "" if sound else f"{request['path']}: {response.status} to {location}"
        self.tally.add(time.perf_counter() - started, len(content), fault)
        return content, urlsplit(location).path


def press(job: Mapping[str, Any], tally: Tally) -> None:
    """Requests from a list, each once or round and round, until they or the seconds run out.

    Each connection keeps to its own share, in order: one learner's second lesson never overtakes the first.
    """
    until = time.monotonic() + job["seconds"]

    def work(share: list[Mapping[str, Any]]) -> None:
        browser = Browser(job["port"], tally)
        for request in itertools.cycle(share) if job["kind"] == "cycle" else share:
            if time.monotonic() >= until:
                return
            browser.ask(request)

    width = job["connections"]
    shares = [share for n in range(width) if (share := job["requests"][n::width])]
    if job["kind"] == "cycle" and len(shares) < width:
        shares = [job["requests"]] * width
    threads = [threading.Thread(target=work, args=(share,), daemon=True) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=job["seconds"] + 120)


def walk(job: Mapping[str, Any], tally: Tally) -> None:
    """Learners one after another through the whole course: every page opened, every lesson read, the test passed."""
    browser = Browser(job["port"], tally)
    way = job["journey"]
    for cookie in job["walkers"]:
        token = {"cookie": cookie, "body": way["form"]}
        browser.ask({"cookie": cookie, "path": way["catalogue"]})
        browser.ask({"cookie": cookie, "path": way["course"]})
        browser.ask({**token, "path": way["begin"]})
        for page, read in zip(way["lessons"], way["reads"], strict=True):
            browser.ask({"cookie": cookie, "path": page})
            browser.ask({**token, "path": read})
        browser.ask({"cookie": cookie, "path": way["test"]})
        _, attempt = browser.ask({**token, "path": way["test"]})
        paper, _ = browser.ask({"cookie": cookie, "path": attempt})
        asked = dict.fromkeys(match.decode() for match in FIELD.findall(paper))
        right = [(f"q{item}", choice) for item in asked for choice in way["key"][item]]
        body = f"{way['form']}&{urlencode(right)}&submit=1"
        _, result = browser.ask({"cookie": cookie, "path": attempt, "body": body})
        browser.ask({"cookie": cookie, "path": result})
        browser.ask({"cookie": cookie, "path": way["passed"]})


def stream(job: Mapping[str, Any], tally: Tally) -> dict[str, Any]:
    """One file, as it comes: seconds to the first byte, lines, bytes."""
    request = job["requests"][0]
    connection = HTTPConnection(HOST, job["port"], timeout=300)
    started = time.perf_counter()
    connection.request("GET", request["path"], headers={"Cookie": request["cookie"]})
    response = connection.getresponse()
    piece = response.read(1)
    first = time.perf_counter() - started
    size, lines = len(piece), 0
    while piece:
        piece = response.read(65_536)
        size, lines = size + len(piece), lines + piece.count(b"\n")
    tally.add(time.perf_counter() - started, size, "" if response.status == 200 else f"{response.status}")
    return {"first_byte": first, "lines": lines}


def run(job: Mapping[str, Any]) -> dict[str, Any]:
    """Do the job; returns count, elapsed seconds, latencies in ms, bytes, faults."""
    tally = Tally()
    extra: dict[str, Any] = {}
    started = time.perf_counter()
    if job["kind"] == "journey":
        walk(job, tally)
    elif job["kind"] == "stream":
        extra = stream(job, tally)
    else:
        press(job, tally)
    elapsed = time.perf_counter() - started
    ordered = sorted(tally.seconds)
    return {
        "count": len(ordered),
        "elapsed": elapsed,
        "p50": 1000 * ordered[len(ordered) // 2] if ordered else 0.0,
        "p95": 1000 * ordered[len(ordered) * 95 // 100] if ordered else 0.0,
        "bytes": tally.bytes,
        "faults": len(tally.faults),
        "fault": tally.faults[0] if tally.faults else "",
        **extra,
    }


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
