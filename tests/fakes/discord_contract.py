"""Every request to the Discord double against Discord's own description, where the shared material is at hand."""

from __future__ import annotations

import json
import math
import re
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module

from tests.support.needs import shared_folder

# discord.py 2.7's own, which no caller can change: `tts` in edits, and a user's id as a number. Discord takes both.
NOISE = re.compile(r"unknown field tts|recipient_id: \d+ is not valid under any of the given schemas")


@cache
def _checker() -> Callable[[str, object], list[str]] | None:
    folder = shared_folder()
    if folder is None:
        return None
    tools = str(folder / "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    check: Callable[[str, object], list[str]] = import_module("contracts.discord").check
    return check


class Contract:
    """Keeps what is to be checked until somebody looks at the `findings`, so that it holds up no request."""

    def __init__(self) -> None:
        self._findings: list[str] = []
        self._waiting: dict[str, tuple[str, str, object]] = {}  # those that differ in no more than ids only once
        self._known: set[str] = set()

    @property
    def available(self) -> bool:
        return _checker() is not None

    def check(self, method: str, path: str, body: object) -> None:
        if body is None and method in {"GET", "DELETE"} and "/commands" in path:
            return  # the checker looks for commands in every request to such a path
        key = f"{method} {re.sub('[0-9]+', '0', path)} {json.dumps(body, sort_keys=True)}"
        if key not in self._known:
            self._known.add(key)
            self._waiting[key] = (method, path, body)

    @property
    def findings(self) -> list[str]:
        """Each is a request's line and what is wrong with it; nothing where the shared material is not at hand."""
        self.work()
        return self._findings

    def work(self, seconds: float = math.inf) -> int:
        """Check for about so long, and tell how many requests still wait; each takes some ten milliseconds."""
        checker, end = _checker(), time.monotonic() + seconds
        while self._waiting and time.monotonic() < end:
            method, path, body = self._waiting.pop(next(iter(self._waiting)))
            found = checker(f"{method} {path}", body) if checker else []
            self._findings += [f"{method} {path}: {one}" for one in found if not NOISE.fullmatch(one)]
        return len(self._waiting)

    @property
    def checked(self) -> int:
        """How many different requests there were."""
        return len(self._known) if self.available else 0
