"""Slack's command texts, parsed into the core's commands. Pure."""

from __future__ import annotations

import re

from adapters.common.emoji_names import emoji_of
from adapters.slack import blocks as b
from bot.chat.commands import Command, Help, LookUp, PaperCommand
from bot.chat.parser import parse_digest
from bot.chat.registry import COMMANDS, HELP

LONGEST = 1_000  # characters read of what somebody types; no title is that long
_SHORT_NAME = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


def paper_command(text: str) -> PaperCommand:
    """Parse the text after `/paper`, or of a direct message. Empty text asks for help.

    Text that names no paper is looked up too; the core answers that there is none.
    """
    plain = b.unescaped(text).strip()[:LONGEST]
    return Help() if not plain or COMMANDS.named(plain) is HELP else LookUp(plain)


def mentioned(text: str) -> str:
    """Return a message's text without the mention of the bot."""
    return _MENTION.sub(" ", text, count=1).strip()


def digest_command(text: str) -> Command:
    """Parse the text after `/digest`, converting Slack's emoji names to Unicode.

    Raises InputError, as `parse_digest` does.
    """
    return parse_digest(b.unescaped(text), emoji=_by_unicode)


def _by_unicode(text: str) -> str:
    return _SHORT_NAME.sub(lambda match: emoji_of(match[1]), text)
