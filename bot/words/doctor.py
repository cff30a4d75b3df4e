"""What the doctor says: of what is wrong, and of what is fine."""

from __future__ import annotations

from typing import Protocol

from bot.errors import BotError
from bot.models import Sentence
from bot.words.plain import one_line
from bot.words.words import Words

SUBJECT = "cli.doctor.error"


def doctors_sentence(words: Words, problem: BotError) -> str:
    """Return what is wrong and the remedy, which is never to ask the doctor."""
    return words.error(problem, instead=SUBJECT)


class Outcome(Protocol):
    """What is needed of a check's outcome (`bot.operations.doctor.Diagnosis`)."""

    @property
    def name(self) -> str: ...

    @property
    def problems(self) -> tuple[BotError, ...]: ...

    @property
    def sentence(self) -> Sentence | None: ...

    @property
    def address(self) -> str: ...


def diagnosis_line(outcome: Outcome, words: Words) -> str:
    """Return a check's outcome as one line for the log."""
    said = [doctors_sentence(words, one) for one in outcome.problems] or [found_sentence(words, outcome.sentence)]
    return f"{words.say(f'cli.doctor.{outcome.name}')}: {one_line(' '.join([*said, outcome.address]))}".rstrip()


def found_sentence(words: Words, sentence: Sentence | None) -> str:
    """Return what a check that passed found; the bare word where it found nothing worth telling."""
    if sentence is None:
        return words.say("cli.doctor.fine")
    arguments = {
        name: words.list(map(str, value)) if isinstance(value, tuple) else value for name, value in sentence.arguments
    }
    n = arguments.pop("n", None)
    return words.count(sentence.key, n, **arguments) if isinstance(n, int) else words.say(sentence.key, **arguments)
