"""The doctor's findings as JSON, for a program that watches an installation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.json.render import VERSION, dumped
from bot.operations.doctor import Diagnosis
from bot.words import Words, one_line
from bot.words.doctor import doctors_sentence, found_sentence


def diagnoses(findings: Sequence[Diagnosis], words: Words) -> str:
    """Return one JSON object, ending with a newline: whether all that is required is fine, and each check."""
    return dumped(
        {
            "version": VERSION,
            "ok": not any(diagnosis.serious for diagnosis in findings),
            "checks": [check for diagnosis in findings for check in _checks(diagnosis, words)],
        }
    )


def _checks(diagnosis: Diagnosis, words: Words) -> Iterator[Mapping[str, object]]:
    """Yield the diagnosis, or for settings one entry for each of their problems."""
    address = diagnosis.address or None
    for problem in diagnosis.problems:
        yield {
            "name": diagnosis.name,
            "status": "problem" if diagnosis.required else "notice",
            "code": problem.code,
            "text": one_line(doctors_sentence(words, problem)),
            "variable": problem.arguments.get("variable"),
            "address": address,
        }
    if not diagnosis.problems:
        text = found_sentence(words, diagnosis.sentence)
        yield {
            "name": diagnosis.name,
            "status": "ok",
            "code": None,
            "text": one_line(text),
            "variable": None,
            "address": address,
        }
