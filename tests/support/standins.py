"""The stand-in servers of the shared test material as processes: the paper sources, and the Claude API."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from tests.support.needs import ROOT

TODAY = "2026-02-27"  # the last recorded day of the sources
STARTS_WITHIN = 300.0  # seconds; reading the recordings takes about one, and a busy machine its time


class StandIn:
    """A running server; `url` is its base URL, without a slash at the end."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @classmethod
    @contextmanager
    def running(cls, script: Path, *arguments: str) -> Iterator[Self]:
        """Start `script` on a free port, wait until it answers, and end it with the block."""
        with tempfile.TemporaryFile() as output:
            port = _free_port()
            command = [sys.executable, "-B", script.name, *arguments, "--port", str(port)]
            process = subprocess.Popen(
                command, cwd=script.parent, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                server = cls(port)
                if not server._answers(process):
                    output.seek(0)
                    raise RuntimeError(f"{script.name} did not start:\n{output.read().decode(errors='replace')}")
                yield server
            finally:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)

    @classmethod
    @contextmanager
    def telling(cls, module: str, *options: str) -> Iterator[Self]:
        """Run a module of the tests that prints `{"url": …}` once it listens, and end it with the block."""
        command = [sys.executable, "-m", module, *options]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], STARTS_WITHIN)
            line = process.stdout.readline() if ready else b""
            if not line:
                raise RuntimeError(f"{' '.join(command)} did not start")
            port = urlsplit(json.loads(line)["url"]).port
            assert port
            yield cls(port)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and process.poll() is None:
            try:
                self.control("GET", "/_log")
            except (OSError, HTTPException):
                time.sleep(0.05)
            else:
                return True
        return False

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Send `body` as JSON to a control endpoint; the answer's JSON. Raises ValueError with a refusal's text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read().decode()
        finally:
            connection.close()
        if response.status >= 400:
            raise ValueError(f"{method} {path}: {answer}")
        return json.loads(answer)


class Upstream(StandIn):
    """arXiv, Hugging Face and Semantic Scholar on one port."""

    def reset(self, today: str = TODAY) -> None:
        """Forget log, faults and the memory of rates; `today` (ISO) is the last day that the sources know."""
        self.control("POST", "/_reset")
        self.today(today)

    def today(self, day: str) -> None:
        """Move the last day that the sources know, as an ISO date."""
        self.control("POST", "/_today", {"today": day})

    def fault(self, spec: str) -> None:
        """Break something: `arxiv:503:3` (three times), `hf:slow=5`, `s2:429:always`."""
        self.control("POST", "/_fault", {"spec": spec})

    def log(self, source: str | None = None) -> list[dict[str, Any]]:
        """Every request since the last reset, or those to one source: `arxiv`, `pages`, `hf` or `s2`."""
        entries: list[dict[str, Any]] = self.control("GET", "/_log")
        return [entry for entry in entries if source is None or entry["source"] == source]


class Claude(StandIn):
    """The Claude Messages API."""

    def reset(self) -> None:
        """Back to the state after start: no log, no modes, nothing cached."""
        self.control("POST", "/_reset")

    def mode(self, mode: str, times: int | None = None, match: str | None = None) -> None:
        """Answer so (`english`, `wrong_numbers`, `slow:60` ...): always, or `times`, or where a request has `match`."""
        rule = {"mode": mode, "times": times, "match": match}
        self.control("POST", "/_mode", {name: value for name, value in rule.items() if value is not None})

    def log(self) -> list[dict[str, Any]]:
        """Every request since the last reset."""
        requests: list[dict[str, Any]] = self.control("GET", "/_log")["requests"]
        return requests

    def totals(self) -> dict[str, int]:
        """Over all requests: `calls`, `answered`, `duplicates`, `max_concurrency` and token counts."""
        totals: dict[str, int] = self.control("GET", "/_log")["totals"]
        return totals


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
