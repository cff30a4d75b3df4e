"""The parser of what people type after `/digest` in a chat: text in, a command of `bot.chat.commands` out.

Pure: it looks nothing up. Words may be English or Japanese, digits and signs full-width. `bot.chat.registry` has the
commands with the readers of what follows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.chat.arguments import plain
from bot.chat.commands import Command, Help, Show
from bot.chat.registry import COMMANDS
from bot.chat.specs import CommandSpec, Group, OptionKind, Registry, names
from bot.errors import InputError, shortened


def parse_digest(text: str, registry: Registry = COMMANDS, *, emoji: Callable[[str], str] = str) -> Command:
    """Read the text after `/digest`; nothing at all asks for help, a group alone for its settings.

    The word of a group may stand before any command. `emoji` makes Unicode of the names by which a platform writes
    emoji; it is asked only about commands that take some. Raises InputError: `input.command` for an unknown command,
    `input.long`, and `input.time`, `.days`, `.language`, `.size`, `.layout`, `.topics`, `.names`, `.quiet`, `.emoji`,
    `.managers`, `.like`, `.period`, `.search`, `.paper`, `.format` for what follows one.
    """
    line = plain(text)
    if not line:
        return Help()
    word, _, rest = line.partition(" ")
    found, known = registry.named(word), registry.specs
    if isinstance(found, Group):
        if not rest:
            return Show(found.name)
        known = registry.members(found)
        word, _, rest = rest.partition(" ")
        found = registry.named(word)
    if not isinstance(found, CommandSpec):
        raise InputError("input.command", text=shortened(word), known=names(known))
    takes_emoji = any(option.kind is OptionKind.EMOJI for option in found.options)
    return found.command(emoji(rest) if takes_emoji else rest)


def parse_filled_in(spec: CommandSpec, values: Mapping[str, object]) -> Command:
    """Read what was filled in as the options of a command, by their names; what was left out is missing or None.

    Raises InputError as `parse_digest`.
    """
    filled_in = [option.typed(values[option.name]) for option in spec.options if values.get(option.name) is not None]
    return spec.command(plain(" ".join(filled_in)))
