"""The stand-in servers for the paper sources and the Claude API, as processes."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlsplit

from tests.support.needs import ROOT

TODAY = "2026-02-27"  # the last recorded day of the sources
STARTS_WITHIN = 300.0  # seconds; starting takes about one, much longer on a busy machine


class StandIn:
    """A running server. `url` is its base URL, without a trailing slash."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @classmethod
    @contextmanager
    def running(cls, module: str, *arguments: str) -> Iterator[Self]:
        """Run `module` as a process, wait for its address on its first line, and end it with the block.

        Raises RuntimeError with its output if it does not start.
        """
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            try:
                assert process.stdout is not None
                ready, _, _ = select.select([process.stdout], [], [], STARTS_WITHIN)
                line = process.stdout.readline() if ready else b""
                if not line:
                    errors.seek(0)
                    raise RuntimeError(f"{module} did not start:\n{errors.read().decode(errors='replace')}")
                yield cls(urlsplit(json.loads(line)["url"]).port or 0)
            finally:
                process.kill()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Send `body` as JSON, or bytes as they are, to a control endpoint and return the answer's JSON.

        Raises ValueError if refused.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            sent = body if body is None or isinstance(body, bytes) else json.dumps(body)
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
        """Clear the log, faults and rate limits. `today` (ISO date) is the last day that the sources know."""
        self.control("POST", "/_reset")
        self.today(today)

    def today(self, day: str) -> None:
        """Set the last day that the sources know, as an ISO date."""
        self.control("POST", "/_today", {"today": day})

    def revise(self, number: str, *, withdrawn: bool = False, code: str = "") -> None:
        """Let a further version of a paper appear, or its withdrawal, or only a link to its code."""
        self.control("POST", "/_revise", {"number": number, "withdrawn": withdrawn, "code": code})

    def fault(self, spec: str) -> None:
        """Inject a fault: `arxiv:503:3` (three times), `hf:slow=5`, `s2:429:always`."""
        self.control("POST", "/_fault", {"spec": spec})

    def pages(self, form: str) -> None:
        """Set how arXiv's pages look: a frame of `tests.fakes.arxiv_pages`, `failed`, or `none`."""
        self.control("POST", "/_pages", {"form": form})

    def pdf(self, name: str, data: bytes) -> None:
        """Give a paper, with or without a version, its PDF."""
        self.control("PUT", f"/_pdf/{name}", data)

    def log(self, source: str | None = None) -> list[dict[str, Any]]:
        """Return the requests since the last reset, all or those to one source: `arxiv`, `hf` or `s2`."""
        entries: list[dict[str, Any]] = self.control("GET", "/_log")
        return [entry for entry in entries if source is None or entry["source"] == source]


class Claude(StandIn):
    """The Claude Messages API."""

    def reset(self) -> None:
        """Return to the initial state: no log, no modes, nothing cached."""
        self.control("POST", "/_reset")

    def mode(self, mode: str, times: int | None = None, match: str | None = None) -> None:
        """Set how to answer (`english`, `slow:60`): always, `times` times, or only requests with `match`."""
        rule = {"mode": mode, "times": times, "match": match}
        self.control("POST", "/_mode", {name: value for name, value in rule.items() if value is not None})

    def log(self) -> list[dict[str, Any]]:
        """Return the requests since the last reset."""
        requests: list[dict[str, Any]] = self.control("GET", "/_log")["requests"]
        return requests

    def totals(self) -> dict[str, int]:
        """Return totals over all requests: `calls`, `answered`, `duplicates`, `max_concurrency` and token counts."""
        totals: dict[str, int] = self.control("GET", "/_log")["totals"]
        return totals
