"""Answers put into words: one plain-text line a sentence. Each adapter escapes them for its own format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from bot.errors import BotError
from bot.models import Person, Reason, Reply, Sentence, Term
from bot.words import sentences
from bot.words.plain import one_line
from bot.words.words import Words


def reply_lines(words: Words, reply: Reply, person: Callable[[str], str] = str) -> tuple[str, ...]:
    """The reply's sentences in the words' language; `person` writes somebody's id as the platform does.

    What people and settings brought in comes as text of one line.
    """
    try:
        zone: dt.tzinfo = ZoneInfo(reply.timezone)
    except (KeyError, ValueError, OSError):
        zone = dt.UTC
    return tuple(_sentence(words, sentence, zone, person) for sentence in reply.sentences)


def _sentence(words: Words, sentence: Sentence, zone: dt.tzinfo, person: Callable[[str], str]) -> str:
    given = dict(sentence.arguments)
    if sentence.key.startswith("error."):
        return _fault(words, sentence.key.removeprefix("error."), given, zone)
    shown = {name: _argument(words, name, value, zone, person) for name, value in given.items()}
    count = given.get("n")
    if isinstance(count, int):
        return words.count(sentence.key, count, **{name: text for name, text in shown.items() if name != "n"})
    return words.say(sentence.key, **shown)


def _fault(words: Words, code: str, given: Mapping[str, object], zone: dt.tzinfo) -> str:
    """What went wrong, for people in a chat, who cannot mend what an operator can: `error.<code>.chat`, else
    `error.<subject>.chat`, else what everybody is told."""
    shown = {
        name: value.astimezone(zone) if isinstance(value, dt.datetime) and value.tzinfo else value
        for name, value in given.items()
    }
    if f"error.{code}" not in words:
        return words.say("error.unforeseen.chat", code=one_line(code))
    for told in (f"{code}.chat", f"{code.partition('.')[0]}.chat"):
        if f"error.{told}" in words:
            return words.error(BotError(told, **shown))
    return words.error(BotError(code, **shown))


def _argument(  # noqa: PLR0911 (one line for each kind of value)
    words: Words, name: str, value: object, zone: dt.tzinfo, person: Callable[[str], str]
) -> str:
    match value:
        case Person(id=known):
            return person(known)
        case Term(key=key, otherwise=otherwise):
            if key in words:
                return words.say(key)
            return words.say(otherwise) if otherwise in words else one_line(otherwise)
        case tuple():
            return words.list(_argument(words, name, one, zone, person) for one in value)
        case Reason():
            return sentences.reason(words, value)
        case dt.datetime():
            return words.moment(value, zone)
        case dt.date():
            return words.day(value)
        case dt.time():
            return value.strftime("%H:%M")
        case int() | float():
            return words.number(value)
        case str() if name == "language":
            return words.language_name(value)
        case _:
            return one_line(str(value))
