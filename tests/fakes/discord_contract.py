"""Every request to the Discord double against Discord's own description, where the shared material is at hand."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module

from tests.needs import shared_folder

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
    """Collects `findings`: each is the request's line and what is wrong with it."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.checked = 0

    @property
    def available(self) -> bool:
        return _checker() is not None

    def check(self, method: str, path: str, body: object) -> None:
        """Without the shared material nothing is checked, and `checked` stays 0."""
        checker = _checker()
        if checker is None or (body is None and method in {"GET", "DELETE"} and "/commands" in path):
            return  # the checker looks for commands in every request to such a path
        self.checked += 1
        found = checker(f"{method} {path}", body)
        self.findings += [f"{method} {path}: {one}" for one in found if not NOISE.fullmatch(one)]
