"""Parse the text that people type after `/digest`: text in, a command of `bot.chat.commands` out.

Pure: nothing is looked up. Words may be English or Japanese; digits and signs may be full-width. `bot.chat.registry`
holds the commands and the readers of their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.chat.arguments import plain
from bot.chat.commands import Begin, Command, Show
from bot.chat.registry import COMMANDS
from bot.chat.specs import CommandSpec, Group, OptionKind, Registry, names
from bot.errors import InputError, shortened


def parse_digest(text: str, registry: Registry = COMMANDS, *, emoji: Callable[[str], str] = str) -> Command:
    """Read the text after `/digest`. An empty text asks where to begin, a group alone for its settings.

    A group's word may precede any command. `emoji` turns a platform's emoji names into Unicode; it is only called for
    commands that take emoji. Raises InputError: `input.command` for an unknown command, `input.long` for a text that
    is too long, and `input.time`, `.days`, `.language`, `.size`, `.layout`, `.topics`, `.topics_meant`, `.names`,
    `.quiet`, `.emoji`, `.managers`, `.like`, `.period`, `.search`, `.paper`, `.format` for unreadable arguments.
    """
    line = plain(text)
    if not line:
        return Begin()
    word, _, rest = line.partition(" ")
    entry, choices = registry.named(word), registry.specs
    if isinstance(entry, Group):
        if not rest:
            return Show(entry.name)
        choices = registry.members(entry)
        word, _, rest = rest.partition(" ")
        entry = registry.named(word)
    if not isinstance(entry, CommandSpec):
        raise InputError("input.command", text=shortened(word), known=names(choices))
    takes_emoji = any(option.kind is OptionKind.EMOJI for option in entry.options)
    return entry.command(emoji(rest) if takes_emoji else rest)


def parse_filled_in(spec: CommandSpec, values: Mapping[str, object]) -> Command:
    """Read a command from the values of its options, by name; options left out are missing or None.

    Raises InputError as `parse_digest` does.
    """
    texts = [option.typed(values[option.name]) for option in spec.options if values.get(option.name) is not None]
    return spec.command(plain(" ".join(texts)))
