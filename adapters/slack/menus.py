"""Menus to choose one of several: a paper from a list, or another value of a setting. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from bot.chat.commands import MAX_SIZE
from bot.chat.offers import DAYS, LANGUAGES
from bot.chat.registry import COMMANDS
from bot.chat.specs import CommandSpec
from bot.models import Layout, Paper
from bot.words import Words
from bot.words.layout import ChoiceLayout, choice_layout

# Action ids, handled in `adapters.slack.asking`.
CHOOSE = "paper.choose"
CHOOSE_FOR = "answer.choose"  # a paper for a question
SET = "digest.set"

NO_THREAD = "-"  # in the value of CHOOSE_FOR: the answer is for the asker alone

_MOST_CHOICES = 20
_LONGEST_VALUE = 150  # characters of an option's value


def choices(papers: Sequence[Paper], words: Words, said: str = "", asked: str = "") -> list[Json]:
    """Return the blocks to choose a paper with: a list of those that are not `said` above, and one menu for all.

    A single paper has a button instead, and so has one whose id is too long for a menu. `asked` is the question for
    which it is chosen, and the thread in which it was asked.
    """
    action, before = (CHOOSE_FOR, f"{asked} ") if asked else (CHOOSE, "")
    laid_out = {one.paper: one for one in (choice_layout(paper, words) for paper in papers)}
    fitting = [one for one in laid_out.values() if b.width(before + one.paper) <= b.VALUE][:_MOST_CHOICES]
    offered = [one for one in fitting if b.width(before + one.paper) <= _LONGEST_VALUE]
    if len(offered) < 2:
        offered = []
    buttons = (_button(action, before + one.paper, one, words) for one in fitting)
    beside = zip(fitting, buttons, strict=True)
    blocks = [_with_button(n, one, button) for n, (one, button) in enumerate(beside) if one not in offered]
    listed = [one for one in offered if one.title not in said]
    if listed:
        lines = (b.line(b.text(b.clip(one.title, 300), bold=True), b.text(f"\n{one.about}")) for one in listed)
        blocks.insert(0, b.rich(b.numbered(lines)))
    if offered:
        blocks.append(b.actions(b.select(words.say("choices.placeholder"), action, _numbered(offered, before))))
    return blocks


def _numbered(offered: Iterable[ChoiceLayout], before: str) -> Iterator[Json]:
    for number, one in enumerate(offered, 1):
        yield b.option(f"{number}. {one.title}", before + one.paper, one.about)


def _button(action: str, value: str, one: ChoiceLayout, words: Words) -> Json:
    return b.button(words.say("choices.pick"), action, value, spoken=one.title)


def _with_button(number: int, one: ChoiceLayout, button: Json) -> Json:
    return {
        "type": "section",
        "block_id": f"choice.{number}",
        "text": b.plain_text(b.clip(f"{one.title}\n{one.about}", 500), 500),
        "accessory": button,
    }


def setting_menu(name: str, words: Words) -> list[Json]:
    """Return a menu of the values that the command takes, each as its words after `/digest`; none for a free text."""
    entry = COMMANDS.named(name)
    values = list(_values(entry.name, words)) if isinstance(entry, CommandSpec) else []
    if not values or not isinstance(entry, CommandSpec):
        return []
    options = [b.option(label, f"{entry.name} {typed}") for label, typed in values]
    return [b.select(words.say(f"menu.{entry.name}"), SET, options)]


def _values(name: str, words: Words) -> Iterator[tuple[str, str]]:
    """Yield (label, value as typed)."""
    match name:
        case "time":
            yield from ((at, at) for at in (f"{hour:02}:00" for hour in range(24)))
        case "days":
            yield from ((days, days) for days in DAYS.get(words.language, DAYS["en"]))
        case "language":
            yield from ((f"{words.language_name(tag)} ({tag})", tag) for tag in LANGUAGES)
        case "size":
            yield from ((str(n), str(n)) for n in range(1, MAX_SIZE + 1))
        case "layout":
            chats = (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)
            yield from ((words.say(f"layout.{one.value}"), one.value) for one in chats)
        case "quiet":
            yield from ((words.say(f"menu.quiet.{switch}"), switch) for switch in ("on", "off"))
