"""Name commands so that a click on them starts typing them: `</digest subscribe:ID>`. Pure.

https://discord.com/developers/docs/reference#message-formatting
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from adapters.discord.commands import DIGEST, PAPER
from bot.chat.registry import COMMANDS
from bot.chat.specs import CommandSpec, Group

Ids = Mapping[str, str]  # Discord's id of each command, by name; empty until they are registered

NO_IDS: Ids = MappingProxyType({})
_WORD = re.compile(r"(\S+) *(.*)", re.DOTALL)


def clickable(code: str, ids: Ids) -> str:
    """Return a command as people type it as a mention, followed by its arguments, if any, as code.

    Whatever is not a command that can be sent as it is, and any command without an id, remains code.
    """
    path, arguments = _path(code)
    command = path.partition(" ")[0]
    if not path or command not in ids:
        return f"`{code}`"
    mention = f"</{path}:{ids[command]}>"
    return f"{mention} `{arguments}`" if arguments else mention


def _path(code: str) -> tuple[str, str]:
    """Return the command's path as registered, and what follows it; "" for a text that is not a command."""
    word, rest = _split(code)
    if word == f"/{PAPER}":
        return PAPER, rest
    if word != f"/{DIGEST}":
        return "", ""
    word, rest = _split(rest)
    entry = COMMANDS.named(word)
    if isinstance(entry, Group):
        word, rest = _split(rest)
        entry = COMMANDS.named(word)
    if not isinstance(entry, CommandSpec):
        return "", ""
    return " ".join(filter(None, (DIGEST, entry.group.name if entry.group else "", entry.name))), rest


def _split(text: str) -> tuple[str, str]:
    match = _WORD.fullmatch(text.strip())
    return (match[1], match[2]) if match else ("", "")
