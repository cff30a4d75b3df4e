"""Hypothetical commands, to see what is derived from a spec alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.chat.commands import ChangeAuthors, ForgetMe, Steps
from bot.chat.overview import authors
from bot.chat.registry import COMMANDS, TASTE
from bot.chat.specs import CommandSpec, Group, Option, Registry, Setting
from bot.words import Words, words_for

# `/digest taste mute Ada Example`
MUTE = CommandSpec(
    "mute",
    japanese="ミュート 消音",
    english="hush",
    makes=ChangeAuthors,
    read=lambda rest: ChangeAuthors(Steps(down=(rest,))),
    options=(Option("query", most=80),),
    setting=Setting("authors", authors),
    group=TASTE,
)


def extra(number: int, group: Group | None) -> CommandSpec:
    """Return a command with texts as long as the real ones."""
    return CommandSpec(
        f"command-number-{number}",
        japanese=f"{number}番目のコマンド",
        makes=ForgetMe,
        read=lambda _: ForgetMe(),
        options=(Option("change", most=400),),
        group=group,
    )


def with_more(more: Iterable[CommandSpec]) -> Registry:
    """The registry with those commands, in the place of any of the same name."""
    added = tuple(more)
    replaced = {spec.name for spec in added}
    return Registry((*(spec for spec in COMMANDS.specs if spec.name not in replaced), *added))


def words_with(more: Iterable[CommandSpec]) -> Callable[[str], Words]:
    """Return the catalogues extended by the sentences of those commands."""
    texts = {
        key: (f"What it does in about sixty characters, as usual ({key})",)
        for spec in more
        for key in (spec.about, spec.help)
    }

    def catalogue(language: str) -> Words:
        words = words_for(language)
        return replace(words, _messages={**words._messages, **texts})

    return catalogue
