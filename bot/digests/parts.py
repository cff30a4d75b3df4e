"""Split a digest into a channel's messages. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Card, ChannelSettings, Digest, Entry, Headline, Layout, NewDelivery, Page

_THUMBS = ("👍", "👎")
_NUMBERS = (*(f"{n}\ufe0f\u20e3" for n in range(1, 10)), "🔟")


def digest_parts(digest: Digest, settings: ChannelSettings, spacing_seconds: float = 0.0) -> tuple[NewDelivery, ...]:
    """Return the messages of a digest with summaries, in order. `spacing_seconds` is the pause between cards.

    A day without papers is one message that gives the reason, or none for a quiet channel and for a blog.
    """
    if not digest.entries:
        notice = NewDelivery("notice", Headline(digest, settings.layout))
        return () if settings.quiet or settings.layout is Layout.PAGE else (notice,)
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
