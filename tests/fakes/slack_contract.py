"""Every call of the bot against the rules: those of a careful app, and slack_sdk's models."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.messages.chunk import Chunk
from slack_sdk.models.views import View

from tests.fakes.slack_blocks import decoded
from tests.fakes.slack_rules import problems

Json = dict[str, Any]


def sdk_problems(arguments: Json) -> list[str]:
    """What slack_sdk's models refuse in `blocks`, `chunks` or `view`: it never looks at dicts by itself."""
    found = []
    try:
        chunks = decoded(arguments.get("chunks")) or ()
        streamed = [one for chunk in chunks for one in chunk.get("blocks") or ()]
        found += [f"slack_sdk does not know the chunk {chunk!r}" for chunk in chunks if Chunk.parse(chunk) is None]
        for index, block in enumerate([*(decoded(arguments.get("blocks")) or ()), *streamed]):
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


def _rule_problems(method: str, arguments: Json) -> list[str]:
    """What the rules say, with JSON arguments decoded where they can be; the models tell where they cannot."""
    try:
        read = {name: decoded(arguments[name]) for name in ("blocks", "view", "chunks") if name in arguments}
    except ValueError as error:
        return [f"blocks, chunks or view is no JSON: {error}"]
    return list(problems(method, arguments | read))


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
            found = [*_rule_problems(method, arguments), *sdk_problems(arguments)]
            self._findings += [f"{method}: {problem}" for problem in dict.fromkeys(found)]
        return self._findings

    def look_at(self, method: str, arguments: Json) -> None:
        """Take one call; `arguments` are those of the method, without the token."""
        self._waiting.append((method, dict(arguments)))

    def found(self, problem: str) -> None:
        """Note something that is wrong beside the calls."""
        self._findings.append(problem)
