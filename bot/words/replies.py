"""Replies as text: one line of plain text for each sentence. Each adapter escapes them for its own format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from bot.errors import BotError
from bot.models import Person, Reason, Reply, Sentence, Term
from bot.words import sentences
from bot.words.plain import one_line, readable_line
from bot.words.words import Words


def reply_lines(words: Words, reply: Reply, person: Callable[[str], str] = str) -> tuple[str, ...]:
    """Return the reply's sentences in the language of `words`. `person` formats a user id as the platform does.

    Values from people and settings are reduced to one line of plain text.
    """
    try:
        zone: dt.tzinfo = ZoneInfo(reply.timezone)
    except (KeyError, ValueError, OSError):
        zone = dt.UTC
    return tuple(_sentence(words, sentence, zone, person) for sentence in reply.sentences)


def _sentence(words: Words, sentence: Sentence, zone: dt.tzinfo, person: Callable[[str], str]) -> str:
    arguments = dict(sentence.arguments)
    if sentence.key.startswith("error."):
        return _fault(words, sentence.key.removeprefix("error."), arguments, zone)
    texts = {name: _argument(words, name, value, zone, person) for name, value in arguments.items()}
    count = arguments.get("n")
    if isinstance(count, int):
        return words.count(sentence.key, count, **{name: text for name, text in texts.items() if name != "n"})
    return words.say(sentence.key, **texts)


def _fault(words: Words, code: str, arguments: Mapping[str, object], zone: dt.tzinfo) -> str:
    """Return an error's sentence for people in a chat, who cannot fix what an operator can.

    Uses `error.<code>.chat`, otherwise `error.<subject>.chat`, otherwise the general sentence.
    """
    localised = {
        name: value.astimezone(zone) if isinstance(value, dt.datetime) and value.tzinfo else value
        for name, value in arguments.items()
    }
    if f"error.{code}" not in words:
        return words.say("error.unforeseen.chat", code=one_line(code))
    for variant in (f"{code}.chat", f"{code.partition('.')[0]}.chat"):
        if f"error.{variant}" in words:
            return words.error(BotError(variant, **localised))
    return words.error(BotError(code, **localised))


def _argument(  # noqa: PLR0911 (one line for each kind of value)
    words: Words, name: str, value: object, zone: dt.tzinfo, person: Callable[[str], str]
) -> str:
    match value:
        case Person(id=user):
            return person(user)
        case Term(key=key, otherwise=otherwise):
            if key in words:
                return words.say(key)
            return words.say(otherwise) if otherwise in words else one_line(otherwise)
        case tuple():
            return words.list(_argument(words, name, item, zone, person) for item in value)
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
        case str() if name == "title":
            return readable_line(value)
        case _:
            return one_line(str(value))
