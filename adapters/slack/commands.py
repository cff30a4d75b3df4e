"""What people type on Slack as commands of the core. Pure."""

from __future__ import annotations

import re

from adapters.common.emoji_names import emoji_of
from adapters.slack import blocks as b
from bot.chat.commands import Command, Help, LookUp, PaperCommand
from bot.chat.parser import parse_digest
from bot.chat.registry import COMMANDS, HELP

LONGEST = 1_000  # characters of what somebody types that are looked at; no title is as long
_SHORT_NAME = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


def paper_command(text: str) -> PaperCommand:
    """The text after `/paper`, or a direct message; nothing at all asks for help.

    What names no paper is found out by the core, which says so.
    """
    plain = b.unescaped(text).strip()[:LONGEST]
    return Help() if not plain or COMMANDS.named(plain) is HELP else LookUp(plain)


def mentioned(text: str) -> str:
    """The text of a message to the bot without the mention that called it."""
    return _MENTION.sub(" ", text, count=1).strip()


def digest_command(text: str) -> Command:
    """The text after `/digest`. Slack writes emoji by their names, which become Unicode here.

    Raises InputError as `parse_digest`.
    """
    return parse_digest(b.unescaped(text), emoji=_by_unicode)


def _by_unicode(text: str) -> str:
    return _SHORT_NAME.sub(lambda match: emoji_of(match[1]), text)
