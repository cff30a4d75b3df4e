"""What can go wrong with requests to the Discord double: once, several times, or as a standing rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Break(StrEnum):
    """Where a connection ends, aiohttp's client itself tries GET, PUT and DELETE once more on a fresh one."""

    LIMITED = "limited"  # 429 with `retry_after`; `everywhere` for the whole bot; without `via` as Cloudflare's ban
    STATUS = "status"  # `status` with a body as Discord or its proxy sends it; nothing taken unless `taken`
    REFUSED = "refused"  # a JSON error `code`
    HTML = "html"  # taken, and the answer is a web page
    GARBLED = "garbled"  # taken, and the answer is cut JSON
    LOST_BEFORE = "lost_before"  # the connection ends, and nothing was taken
    LOST_AFTER = "lost_after"  # taken, and the connection ends
    STALLED = "stalled"  # taken, and the answer does not come


TAKEN = {Break.HTML, Break.GARBLED, Break.LOST_AFTER, Break.STALLED}


@dataclass(eq=False)
class Fault:
    """One rule. `on` is `METHOD /path` with `*` for any one part of it, or empty for every request."""

    kind: Break
    on: str = ""
    times: int | None = 1  # None: until `cancel`
    retry_after: float = 0.01
    everywhere: bool = False
    via: bool = True
    status: int = 500
    taken: bool = False
    code: int = 50001
    met: int = 0  # how many requests it was applied to
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.kind = Break(self.kind)
        self.taken = self.taken or self.kind in TAKEN
        self._pattern = re.compile(re.escape(self.on).replace(r"\*", "[^/]+") if self.on else ".*")

    def meets(self, line: str) -> bool:
        over = self.times is not None and self.met >= self.times
        return not over and bool(self._pattern.fullmatch(line))

    def cancel(self) -> None:
        self.times = self.met


class Faults:
    """The rules in the order in which they were made; the first that fits a request is applied to it."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, kind: Break | str, on: str = "", times: int | None = 1, **details: float | str | bool) -> Fault:
        """`faults.add("limited", "POST /channels/*/messages", retry_after=0.05)`; other fields as in Fault."""
        fault = Fault(Break(kind), on, times, **details)  # type: ignore[arg-type]  # names and types are Fault's own
        self.rules.append(fault)
        return fault

    def refuse(self, code: int, on: str = "", times: int | None = None) -> Fault:
        """Answer with a JSON error from now on."""
        return self.add(Break.REFUSED, on, times, code=code)

    def clear(self) -> None:
        self.rules.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this request, used up by one."""
        for one in self.rules:
            if one.meets(f"{method} {path}"):
                one.met += 1
                return one
        return None
