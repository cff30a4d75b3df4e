"""Replies as text: one line of plain text for each sentence. Each adapter escapes them for its own format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.errors import BotError
from bot.models import Person, Reason, Reply, Sentence, Term
from bot.words import sentences
from bot.words.plain import one_line, readable_line
from bot.words.words import Words

_MARK = "\ue000"  # of private use: nothing that people see


@dataclass(frozen=True, slots=True)
class ReplyStyle:
    """How a platform writes what it has a form of its own for: a user id, an instant, a heading.

    Without `instant`, instants are written in the reply's time zone.
    """

    person: Callable[[str], str] = str
    instant: Callable[[dt.datetime], str] | None = None
    heading: Callable[[str], str] = str


PLAIN = ReplyStyle()


def reply_lines(words: Words, reply: Reply, style: ReplyStyle | Callable[[str], str] = PLAIN) -> tuple[str, ...]:
    """Return the reply's sentences in the language of `words`. `style` is the platform's, or its form of a user id.

    Values from people and settings are reduced to one line of plain text, which has no control characters.
    """
    style = style if isinstance(style, ReplyStyle) else ReplyStyle(style)
    try:
        zone: dt.tzinfo = ZoneInfo(reply.timezone)
    except (KeyError, ValueError, OSError):
        zone = dt.UTC
    spoken = ((_sentence(words, sentence, zone, style), sentence.heading) for sentence in reply.sentences)
    return tuple(style.heading(text) if heading else text for text, heading in spoken)


def _sentence(words: Words, sentence: Sentence, zone: dt.tzinfo, style: ReplyStyle) -> str:
    arguments = dict(sentence.arguments)
    if sentence.key.startswith("error."):
        return _fault(words, sentence.key.removeprefix("error."), arguments, zone, style)
    texts = {name: _argument(words, name, value, zone, style) for name, value in arguments.items()}
    count = arguments.get("n")
    if isinstance(count, int):
        return words.count(sentence.key, count, **{name: text for name, text in texts.items() if name != "n"})
    return words.say(sentence.key, **texts)


def _fault(words: Words, code: str, arguments: Mapping[str, object], zone: dt.tzinfo, style: ReplyStyle) -> str:
    """Return an error's sentence for people in a chat, who cannot fix what an operator can.

    Uses `error.<code>.chat`, otherwise `error.<subject>.chat`, otherwise the general sentence.
    """
    localised: dict[str, object] = {}
    instants: dict[str, str] = {}
    for name, value in arguments.items():
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            localised[name] = value
        elif style.instant is None:
            localised[name] = value.astimezone(zone)
        else:  # the sentence has a mark in its place, because an error's arguments are made plain
            localised[name] = mark = f"{_MARK}{len(instants)}{_MARK}"
            instants[mark] = style.instant(value)
    text = _error(words, code, localised)
    for mark, instant in instants.items():
        text = text.replace(mark, instant)
    return text


def _error(words: Words, code: str, localised: Mapping[str, object]) -> str:
    if f"error.{code}" not in words:
        return words.say("error.unforeseen.chat", code=one_line(code))
    for variant in (f"{code}.chat", f"{code.partition('.')[0]}.chat"):
        if f"error.{variant}" in words:
            return words.error(BotError(variant, **localised))
    return words.error(BotError(code, **localised))


def _argument(  # noqa: PLR0911 (one line for each kind of value)
    words: Words, name: str, value: object, zone: dt.tzinfo, style: ReplyStyle
) -> str:
    match value:
        case Person(id=user):
            return style.person(user)
        case Term(key=key, otherwise=otherwise):
            if key in words:
                return words.say(key)
            return words.say(otherwise) if otherwise in words else one_line(otherwise)
        case tuple():
            return words.list(_argument(words, name, item, zone, style) for item in value)
        case Reason():
            return sentences.reason(words, value)
        case dt.datetime():
            return style.instant(value) if style.instant and value.tzinfo else words.moment(value, zone)
        case dt.date():
            return words.day(value)
        case dt.time():
            return value.strftime("%H:%M")
        case int() | float():
            return words.usd(value) if name.endswith("usd") else words.number(value)
        case str() if name == "language":
            return words.language_name(value)
        case str() if name == "title":
            return readable_line(value)
        case _:
            return one_line(str(value))
