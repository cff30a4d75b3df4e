"""Read what a click, or a choice from a menu, asks of the core. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.buttons import Action, Click
from bot.chat.commands import (
    AskNext,
    AskOf,
    Cite,
    Command,
    Configure,
    Help,
    More,
    PaperCommand,
    Preview,
    QuestionCommand,
    Share,
    ShareAnswer,
    Show,
    ShowAnswer,
    ShowPaper,
    Subscribe,
)
from bot.models import NextStep, PaperId, Style, whole


def on_channel(click: Click, values: Sequence[str]) -> Command | None:
    """Return what a click asks of the channel's digest, an empty Configure for its form."""
    step = values[0] if values else ""
    if click.action is Action.FORM or (click.action is Action.STEP and step == NextStep.SETTINGS):
        return Configure(())
    if click.action is Action.PREVIEW:
        return Preview()
    if click.action is Action.STATUS:
        return Show()
    if click.action is Action.STEP:
        steps: dict[str, Command] = {NextStep.SUBSCRIBE: Subscribe(), NextStep.HELP: Help()}
        return steps.get(step, Show())
    return None


def on_paper(click: Click, values: Sequence[str]) -> PaperCommand | None:
    """Return what a click asks of a paper, None if it is about none."""
    if click.action is Action.CHOOSE:
        chosen = _chosen(values)
        return ShowPaper(chosen) if chosen and not click.subject else None
    if click.paper is None:
        return None
    commands: dict[Action, PaperCommand] = {
        Action.DETAILS: ShowPaper(click.paper, Style.DETAILED),
        Action.CITE: Cite(click.paper),
        Action.MORE: More(click.paper),
        Action.SHARE: Share(click.paper),
        Action.SHARE_DETAILS: Share(click.paper, Style.DETAILED),
    }
    return commands.get(click.action)


def on_answer(click: Click, values: Sequence[str]) -> QuestionCommand | None:
    """Return what a click asks about a question or its answer, None if it is about neither."""
    turn, _, number = click.subject.partition("/")
    place, chosen = whole(number), _chosen(values)
    if not turn:
        return None
    match click.action:
        case Action.CHOOSE:
            return AskOf(turn, chosen) if chosen else None
        case Action.NEXT:
            return AskNext(turn, place) if place is not None else None
        case Action.SHARE_ANSWER:
            return ShareAnswer(turn)
        case Action.QUOTATIONS:
            return ShowAnswer(turn)
    return None


def _chosen(values: Sequence[str]) -> PaperId | None:
    try:
        return PaperId.parse(values[0])
    except (ValueError, IndexError):
        return None
