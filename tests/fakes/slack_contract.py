"""Every call of the bot against the rules: the shared material's validator where there is one, slack_sdk's models."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fakes.slack_blocks import decoded
from tests.support.needs import shared_folder

Json = dict[str, Any]

# Bolt's clients add it to every call; the published argument lists do not have it, and Slack does not mind.
ADDED_BY_BOLT = {"team_id"}


@cache
def shared_check() -> Callable[[str, Json], list[str]] | None:
    """`check(method, arguments)` of the shared material's contract; None where the material is missing."""
    folder = shared_folder()
    if folder is None:
        return None
    spec = importlib.util.spec_from_file_location("slack_contract", folder / "tools" / "contracts" / "slack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str, Json], list[str]] = module.check
    return found


def sdk_problems(arguments: Json) -> list[str]:
    """What slack_sdk's models refuse in `blocks` or `view`: it never looks at dicts by itself."""
    found = []
    try:
        for index, block in enumerate(decoded(arguments.get("blocks")) or ()):
            model = Block.parse(block)
            if model is None:
                found.append(f"blocks[{index}]: slack_sdk does not know {block.get('type')!r}")
            else:
                model.to_dict()
                model.validate_json()
        if view := decoded(arguments.get("view")):
            View(**view).to_dict()
    except Exception as error:  # noqa: BLE001 - the models raise whatever malformed input makes them raise
        found.append(f"slack_sdk: {type(error).__name__}: {error}")
    return found


class Contract:
    """`findings` says what was wrong, one line each. Calls are kept and looked at when it is asked for: checking takes
    longer than answering, and would count as the bot's own time."""

    def __init__(self) -> None:
        self._findings: list[str] = []
        self._waiting: list[tuple[str, Json]] = []
        self.checked = 0

    @property
    def findings(self) -> list[str]:
        waiting, self._waiting = self._waiting, []
        for method, arguments in waiting:
            self.checked += 1
            check = shared_check()
            problems = [*(check(method, arguments) if check else ()), *sdk_problems(arguments)]
            self._findings += [f"{method}: {problem}" for problem in dict.fromkeys(problems)]
        return self._findings

    def look_at(self, method: str, arguments: Json) -> None:
        """Take one call; `arguments` are those of the method, without the token."""
        self._waiting.append((method, {name: one for name, one in arguments.items() if name not in ADDED_BY_BOLT}))

    def found(self, problem: str) -> None:
        """Note something that is wrong beside the calls."""
        self._findings.append(problem)
