"""How the tests' Claude answers: well, or wrong in one of many ways, always or for some requests only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.claude_answers import MODES as ANSWERS
from tests.fakes.claude_writing import TWISTS

OK = "ok"
STREAMS = ("hangs", "breaks_off", "overloaded_midway", "garbled")  # how a streamed answer goes wrong half-way
FORMS = ("truncated", "refusal", "bad_json", "bad_body")
ERRORS = {
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "rate_limited": (429, "rate_limit_error", "Number of requests has exceeded your rate limit"),
    "server_error": (500, "api_error", "Internal server error"),
    "auth": (401, "authentication_error", "invalid x-api-key"),
    "credit": (402, "billing_error", "Your credit balance is too low"),
}
_SLOW = re.compile(r"slow:([0-9.]+)")


@dataclass(slots=True)
class Rule:
    """`times` counts down, None is for ever; `match` is a text of the request."""

    mode: str
    times: int | None = None
    match: str = ""

    def __post_init__(self) -> None:
        if not _SLOW.fullmatch(self.mode) and self.mode not in (OK, *TWISTS, *FORMS, *ERRORS, *ANSWERS, *STREAMS):
            raise ValueError(f"there is no mode {self.mode!r}")

    @property
    def seconds(self) -> float:
        """Return how long the answer takes."""
        slow = _SLOW.fullmatch(self.mode)
        return float(slow[1]) if slow else 0.0


class Modes:
    """Rules in the order in which they were added, with a default for requests that meet none."""

    def __init__(self) -> None:
        self.default = Rule(OK)
        self.rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Add a rule. One for all requests, for ever, replaces the default."""
        if rule.times is None and not rule.match:
            self.default = rule
        else:
            self.rules.append(rule)

    def of(self, request: str) -> Rule:
        """Return the rule for a request, given as JSON text, and count it down."""
        for rule in self.rules:
            if rule.times != 0 and rule.match in request:
                rule.times = rule.times - 1 if rule.times is not None else None
                return rule
        return self.default
