"""Every request to the Discord double against the rules of a careful bot."""

from __future__ import annotations

import json
import re

from tests.fakes.discord_rules import problems


class Contract:
    """Collect `findings`: a request's line and what is wrong with it."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self._known: set[str] = set()  # requests that differ in no more than ids are looked at once

    def check(self, method: str, path: str, body: object) -> None:
        key = f"{method} {re.sub('[0-9]+', '0', path)} {json.dumps(body, sort_keys=True)}"
        if key not in self._known:
            self._known.add(key)
            self.findings += [f"{method} {path}: {one}" for one in problems(method, path, body)]

    def found(self, problem: str) -> None:
        """Add a finding of another kind."""
        self.findings.append(problem)

    @property
    def checked(self) -> int:
        """Return how many different requests there were."""
        return len(self._known)
