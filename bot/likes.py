"""Papers that a command names, found before its change is made."""

from __future__ import annotations

from bot.chat import commands
from bot.papers.lookup import Lookup


def looks_up(command: commands.Command) -> bool:
    """Whether papers are named in it that are to be found first."""
    if isinstance(command, commands.Configure):
        return any(map(looks_up, command.changes))
    return isinstance(command, commands.ChangeLikes)


async def looked_up(lookup: Lookup, command: commands.Command) -> commands.Command:
    """The command with the papers that it names. Raises InputError and SourceError where one cannot be found."""
    match command:
        case commands.Configure(changes, subscribe):
            return commands.Configure(tuple([await looked_up(lookup, one) for one in changes]), subscribe)
        case commands.ChangeLikes(added, removed, description, clear):
            found = [tuple([await lookup.named(ref) for ref in refs]) for refs in (added, removed)]
            return commands.SetLikes(found[0], found[1], description, clear)
    return command
