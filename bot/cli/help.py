"""Build the help of commands from the catalogues, in the language of the terminal.

Keys follow the commands: `cli.help.db.upgrade` is one line, `.more` the rest, `.examples` one command per line, and
`cli.help.digest.size` an option of `digest`. Options that every command has are under `cli.help.any`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from bot.cli.console import operator_words
from bot.cli.mistyped import explained
from bot.words import Words

_WIDEST = 100
_GAP = 2


class Command(TyperCommand):
    """A command with its help from the catalogues."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _named(ctx):
            return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_printed(_explained(self, ctx, operator_words())))


class CommandGroup(TyperGroup):
    """A group of commands with its help from the catalogues."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _named(ctx):
            return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_printed(_explained(self, ctx, operator_words())))


@contextmanager
def _named(context: Any) -> Iterator[None]:
    """Give usage errors the command that they belong to, where the parser left it out."""
    try:
        yield
    except typer.TyperException as error:
        if getattr(error, "ctx", None) is None:
            vars(error)["ctx"] = context
        raise


def problem(error: typer.TyperException, words: Words) -> str:
    """Return one line that explains a usage error and points to the help."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kawaraban"
    return words.say("cli.usage.problem", problem=explained(error.format_message(), words), command=command)


def _explained(command: TyperCommand | TyperGroup, ctx: typer.Context, words: Words) -> RenderableType:
    from bot.app.wrapping import Wrapped

    key = ".".join(["cli.help", *ctx.command_path.split()[1:]])
    parts: list[RenderableType] = [Wrapped(words.say(key))]
    if f"{key}.more" in words:
        parts.append(Wrapped("\n" + words.say(f"{key}.more")))
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    parts += _section(words.say("cli.usage.usage"), [Text(usage)])
    if isinstance(command, TyperGroup):
        rows = [(name, words.say(f"{key}.{name}")) for name in command.list_commands(ctx)]
        parts += _section(words.say("cli.usage.commands"), _table(rows))
    parts += _section(words.say("cli.usage.options"), _table([*_parameters(command, ctx, key, words)]))
    if f"{key}.examples" in words:
        examples = words.say(f"{key}.examples").splitlines()
        parts += _section(words.say("cli.usage.examples"), [Text(line) for line in examples])
    return Group(*parts)


def _section(title: str, content: Sequence[RenderableType]) -> list[RenderableType]:
    return [Text(f"\n{title}", style="bold"), *(Padding(one, (0, 0, 0, 2)) for one in content)]


def _table(rows: Sequence[tuple[str, str]]) -> list[RenderableType]:
    from bot.app.wrapping import Row

    width = max((cell_len(name) for name, _ in rows), default=0) + _GAP
    return [Row(Text(name + " " * (width - cell_len(name)), style="cyan"), text) for name, text in rows]


def _parameters(
    command: TyperCommand | TyperGroup, ctx: typer.Context, key: str, words: Words
) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(ctx):
        if isinstance(parameter, TyperArgument | TyperOption):
            own, general = f"{key}.{parameter.name}", f"cli.help.any.{parameter.name}"
            yield _name(parameter), words.say(own if own in words else general)


def _name(parameter: TyperArgument | TyperOption) -> str:
    if isinstance(parameter, TyperArgument):
        return str(parameter.metavar)
    names = ", ".join(sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {parameter.metavar}"


def _printed(content: RenderableType) -> str:
    """Render to text, in colour if standard output is a terminal."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    console = Console(file=StringIO(), width=width, force_terminal=sys.stdout.isatty(), highlight=False)
    with console.capture() as capture:
        console.print(content)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
