"""`kawaraban check`: run the check of `bot.checking.check` on given texts, JSON lines in, JSON lines out.

A line is `{"title", "source", "summary", "language"}` (other keys are ignored), its answer `{"ok", "findings"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from bot.checking.check import check
from bot.errors import InputError
from bot.words.languages import language_tag
from bot.words.plain import json_text

_FIELDS = ("title", "source", "summary", "language")


def check_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield one JSON answer per line, in order, skipping blank lines.

    Raises InputError `input.json_line` (arguments `line`, `reason`) at the first invalid line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json_text(json.dumps(_answer(_read(number, line)), ensure_ascii=False))


def _answer(text: dict[str, str]) -> dict[str, object]:
    findings = check(title=text["title"], source=text["source"], summary=text["summary"], language=text["language"])
    return {"ok": not findings, "findings": [{"kind": f.kind.value, "text": f.text} for f in findings]}


def _read(number: int, line: str) -> dict[str, str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("input.json_line", line=number, reason="JSON") from None
    if not isinstance(value, dict):
        raise InputError("input.json_line", line=number, reason="{…}")
    for field in _FIELDS:
        if not isinstance(value.get(field), str):
            raise InputError("input.json_line", line=number, reason=field)
    try:
        language_tag(value["language"])
    except ValueError:
        raise InputError("input.json_line", line=number, reason="language") from None
    return {field: value[field] for field in _FIELDS}
