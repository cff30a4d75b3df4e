"""`/digest why`: describe a paper's standing in a channel: whether it can be chosen, its place, its score's parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.digests.digest import Explanation
from bot.digests.window import LOOK_BACK
from bot.models import Channel, Choice, Reason, ReasonKind, Sentence, Term, heading, normalised_title, say

_NEGLIGIBLE = 0.005  # values are shown with two decimals


def standing(explanation: Explanation, channel: Channel, at: datetime) -> tuple[Sentence, ...]:
    """Return the sentences about the paper's standing at `at`, the decisive one first."""
    return (
        heading("channels.why.paper", title=explanation.paper.title),
        _eligibility(explanation, channel, at),
        *(_score(explanation.choice) if explanation.choice else ()),
    )


def _eligibility(explanation: Explanation, channel: Channel, at: datetime) -> Sentence:
    listings = explanation.paper.listings
    if explanation.shown:
        return say("channels.why.shown")
    if explanation.muted:
        return say("channels.why.muted")
    if explanation.paper.withdrawn:
        return say("channels.why.withdrawn")
    if explanation.choice is None or explanation.place is None:
        return say("channels.why.unlisted")
    since = explanation.since or at - LOOK_BACK
    if not any(signal.seen_at > since for signal in listings):
        return say("channels.why.old", n=(at - since).days)
    place = {"place": explanation.place, "among": explanation.among, "size": channel.settings.size}
    return say("channels.why.first" if explanation.place <= channel.settings.size else "channels.why.later", **place)


def _score(choice: Choice) -> Iterator[Sentence]:
    reasons = tuple(reason for reason in choice.reasons if not _is_itself(reason, choice))
    if reasons:
        yield say("channels.why.reasons", reasons=reasons)
    yield say("channels.why.score", score=f"{choice.score:.2f}")
    for part, value in sorted(choice.parts.items(), key=lambda item: (-abs(item[1]), item[0])):
        if abs(value) >= _NEGLIGIBLE:
            yield say("channels.why.part", part=Term(f"score.{part}", part), value=f"{value:+.2f}")


def _is_itself(reason: Reason, choice: Choice) -> bool:
    """Whether the paper is explained by being like itself, having been voted on or named as an example."""
    like = reason.kind in (ReasonKind.SIMILAR, ReasonKind.SEED)
    return like and normalised_title(reason.subject) == normalised_title(choice.paper.title)
