"""The command line: read arguments, call a use case, print what a renderer returns.

Results go to standard output, everything else to standard error. Exit status: 0 for success, 1 for an error explained
in one line, 2 for an unknown command or option, 130 if interrupted. The commands are in `bot.cli.papers`,
`bot.cli.reading` and `bot.cli.operators` and import what they need when they run. `bot.cli.help` builds the help from
the catalogues.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.main import get_command

from bot import __version__
from bot.cli import logs, operators, papers, reading
from bot.cli.arguments import asks_for_json
from bot.cli.console import Terminal, operator_words
from bot.cli.help import Command, CommandGroup, problem
from bot.cli.running import log_by_settings

cli = typer.Typer(
    name="kawaraban",
    cls=CommandGroup,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(cls=CommandGroup, invoke_without_command=True)
cli.add_typer(database, name="db")
ledger = typer.Typer(cls=CommandGroup, invoke_without_command=True)
cli.add_typer(ledger, name="deliveries")


@cli.callback()
def start(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False,
    version: Annotated[bool, typer.Option("--version")] = False,
) -> None:
    logs.set_up_logs("console", verbose=verbose)
    if version:
        typer.echo(f"kawaraban {__version__}")
        raise typer.Exit
    show_help(context)


@database.callback()
def show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


# In the order of the help page.
cli.command(cls=Command)(papers.digest)
cli.command(cls=Command)(papers.demo)
cli.command(cls=Command)(papers.paper)
cli.command(cls=Command)(reading.read)
cli.command("import", cls=Command)(papers.import_posts)
cli.command(cls=Command)(papers.check)
cli.command(cls=Command)(operators.status)
cli.command(cls=Command)(operators.doctor)
cli.command(cls=Command)(papers.export)
cli.command(cls=Command)(operators.backup)
cli.command(cls=Command)(operators.run)
ledger.callback()(operators.deliveries)
ledger.command("show", cls=Command)(operators.show_delivery)
ledger.command("retry", cls=Command)(operators.retry_delivery)
database.command(cls=Command)(operators.upgrade)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Raises SystemExit with the exit status."""
    Terminal.answers_in_json = asks_for_json(sys.argv[1:] if arguments is None else arguments)
    try:
        status = get_command(cli)(args=arguments, prog_name="kawaraban", standalone_mode=False)
    except typer.TyperException as error:
        log_by_settings()
        words = operator_words()
        Terminal(words).refuse("usage", problem(error, words))
        status = 2
    sys.exit(status or 0)


if __name__ == "__main__":
    main()
