"""Convert command-line arguments to values. Every function here raises InputError for an invalid one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot import models
from bot.errors import InputError
from bot.models import ChannelKey
from bot.papers.refs import named_in

E = TypeVar("E", bound=StrEnum)


def one_of(kind: type[E], text: str, code: str = "input.format") -> E:
    """Return the member with that value, in any case. Raises InputError with `code`."""
    try:
        return kind(text.strip().lower())
    except ValueError:
        raise InputError(code, text=text, known=tuple(kind)) from None


def whole(text: str | None) -> int | None:
    """Return a whole number, None if none was given. Raises InputError `input.size`."""
    if text is None:
        return None
    number = models.whole(text)
    if number is None:
        raise InputError("input.size", text=text)
    return number


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Return whether a command line asks for its answer as JSON, whatever else is wrong with it."""
    forms = (one.partition("=")[2] or following for one, following in _pairs(arguments) if one.startswith("--format"))
    return "--json" in arguments or any(form.strip().lower() == "json" for form in forms)


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each argument with the one that follows it, "" after the last."""
    return zip(arguments, (*arguments[1:], ""), strict=False)


def channel_key(text: str) -> ChannelKey:
    """Read a channel's key in the form that `kawaraban status` shows. Raises InputError `input.channel`."""
    try:
        return ChannelKey.parse(text)
    except ValueError:
        raise InputError("input.channel", text=text) from None


def ref_and_question(words: Sequence[str]) -> tuple[str, str | None]:
    """Split what follows `paper` into the reference and the question behind it, None if there is none.

    A question follows an id, an address or a DOI, or a title in quotes; other words are those of one title.
    """
    first, *rest = words
    question = " ".join(rest).strip()
    if not question or all(named_in(word) for word in question.split()):
        return " ".join(words), None
    if len(named_in(first)) == 1:
        return first, question
    if (
        len(rest) == 1
        and " " in first.strip()
        and (" " in question or question.endswith(("?", "？")) or not question.isascii())
    ):
        return first, question
    return " ".join(words), None


def lines_of(file: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input for `-`. Raises InputError `input.file`."""
    try:
        if file == "-":
            yield from sys.stdin
        else:
            with Path(file).open(encoding="utf-8-sig") as stream:
                yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("input.file", path=file, reason=getattr(error, "strerror", None) or "UTF-8") from None
