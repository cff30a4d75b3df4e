"""Which messages a digest is in a channel. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Card, ChannelSettings, Digest, Entry, Headline, Layout, NewDelivery, Page

_THUMBS = ("👍", "👎")
_NUMBERS = (*(f"{n}\ufe0f\u20e3" for n in range(1, 10)), "🔟")


def digest_parts(digest: Digest, settings: ChannelSettings, spacing_seconds: float = 0.0) -> tuple[NewDelivery, ...]:
    """The messages that a digest is in a channel, in their order; a digest comes with its summaries.

    A day without papers is one message that says why, or none in a quiet channel and in a blog.
    """
    if not digest.entries:
        says_why = NewDelivery("notice", Headline(digest, settings.layout))
        return () if settings.quiet or settings.layout is Layout.PAGE else (says_why,)
    if settings.layout is Layout.PAGE:
        return (NewDelivery("page", Page(digest)),)
    entries = tuple(map(_without_abstract, digest.entries))
    numbers = _NUMBERS[: len(entries)] if settings.seed_reactions else ()
    headline = NewDelivery("headline", Headline(replace(digest, entries=entries), settings.layout), seeds=numbers)
    if settings.layout is Layout.COMPACT:
        return (headline,)
    cards = (
        NewDelivery(
            part=f"card:{entry.rank}",
            content=Card(entry, digest.date, digest.language, of=len(entries)),
            spacing_seconds=spacing_seconds,
            in_thread=settings.layout is Layout.THREAD,
            paper=entry.paper.id,
            seeds=_THUMBS if settings.seed_reactions else (),
        )
        for entry in entries
    )
    return (headline, *cards)


def _without_abstract(entry: Entry) -> Entry:
    return replace(entry, paper=replace(entry.paper, abstract=""))
