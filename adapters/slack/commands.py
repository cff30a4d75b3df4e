"""Slack's command texts, parsed into the core's commands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.common.emoji_names import emoji_of
from adapters.slack import blocks as b
from adapters.slack.cards import DETAILS
from bot.chat.commands import Command, LookUp, ShowPaper
from bot.chat.parser import parse_digest
from bot.models import PaperId
from bot.papers.refs import LONGEST_TEXT, named_in

LONGEST = LONGEST_TEXT  # characters read of what somebody types
_SHORT_NAME = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")
# https://docs.slack.dev/interactivity/implementing-slash-commands: with `should_escape`, words that look like an
# address come as `<http://cs.AI|cs.AI>`, channels as `<#C012|general>`. People (`<@U012|ada>`) are read as they are.
_WRAPPED = re.compile(r"<(?P<to>#[A-Z0-9]+|(?:https?://|mailto:)[^<>|\s]+)(?:\|(?P<label>[^<>|]*))?>", re.IGNORECASE)
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


def typed(text: str) -> str:
    """Return what somebody typed, as the core reads it: without Slack's entities, and links as their addresses."""
    return unwrapped(b.unescaped(text)).strip()[:LONGEST_TEXT]


def mentioned(text: str) -> str:
    """Return a message's text without the mention of the bot."""
    return _MENTION.sub(" ", text, count=1).strip()


def shortcut_command(message: Mapping[str, Any]) -> LookUp | ShowPaper | None:
    """Return the command of the shortcut on a message, None if the message names no paper.

    Its text comes first: links in blocks and previews mostly repeat it, and quote others. A message of ours about one
    paper has the paper's id in its button.
    """
    shown = {value for action, value in _values(message.get("blocks")) if action == DETAILS}
    if len(shown) == 1:
        try:
            return ShowPaper(PaperId.parse(shown.pop()))
        except ValueError:
            return None
    texts = (b.unescaped(str(message.get("text") or "")), " ".join(_links(message.get("blocks"))), _preview(message))
    return next((LookUp(text[:LONGEST_TEXT]) for text in texts if named_in(text)), None)


def _values(blocks: object) -> Iterator[tuple[str, str]]:
    """Yield the action and the value of every button of the blocks."""
    for block in blocks if isinstance(blocks, list) else ():
        elements = block.get("elements") if isinstance(block, Mapping) else None
        for one in elements if isinstance(elements, list) else ():
            if isinstance(one, Mapping) and isinstance(one.get("value"), str):
                yield str(one.get("action_id")), one["value"]


def _links(value: object) -> Iterator[str]:
    """Yield the address of every link inside, at any depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get("url"), str):
            yield value["url"]
        for inner in value.values():
            yield from _links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner)


def _preview(message: Mapping[str, Any]) -> str:
    """Return what Slack shows of the pages that a message links to."""
    attached = message.get("attachments")
    shown = [one for one in attached if isinstance(one, Mapping)] if isinstance(attached, list) else []
    names = ("from_url", "title_link", "title", "text")
    return " ".join(str(one.get(name) or "") for one in shown for name in names)


def digest_command(text: str) -> Command:
    """Parse the text after `/digest`, converting Slack's emoji names to Unicode.

    Raises InputError, as `parse_digest` does.
    """
    return parse_digest(unwrapped(b.unescaped(text)), emoji=_by_unicode)


def unwrapped(text: str) -> str:
    """Return the text with every link that Slack made of a word as that word.

    A link that somebody gave a label of their own is its address.
    """
    return _WRAPPED.sub(_as_typed, text)


def _as_typed(match: re.Match[str]) -> str:
    to, label = match["to"], match["label"] or ""
    if to.startswith("#"):
        return f"#{label}" if label else to
    bare = re.sub(r"^(?:https?://|mailto:)", "", to, flags=re.IGNORECASE)
    made_of_it = bare.casefold().rstrip("/") == label.casefold().rstrip("/")
    return label if made_of_it else to


def _by_unicode(text: str) -> str:
    return _SHORT_NAME.sub(lambda match: emoji_of(match[1]), text)
