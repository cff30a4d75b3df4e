"""Invented parts of a digest, as the core hands them to a platform, and how their texts are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.models import (
    Answer,
    AnswerKind,
    AnswerView,
    AskedState,
    Card,
    ChannelKey,
    Claim,
    DeliveryKey,
    Digest,
    Entry,
    Excerpt,
    Failure,
    Finding,
    FindingKind,
    Headline,
    Layout,
    MessageRef,
    News,
    NewsKind,
    Notice,
    Origin,
    Paper,
    PaperId,
    PaperView,
    Part,
    Place,
    Quotation,
    Reason,
    ReasonKind,
    Section,
    SectionKind,
    SentenceRef,
    Style,
    Summary,
)
from tests.conformance.world import World
from tests.support.digests import LISTED, UPVOTED, make_digest

DAY = date(2026, 2, 27)
TEXTS = {
    "ja": ("版木を彫る手順を3割省く", "版木の下書きを自動で作る手法である。彫りの手間を調べた。墨の量も変わらない。"),
    "en": ("Carves blocks in a third less time", "It drafts the block by itself. Carving was timed. Ink use stays."),
}
SECTIONS = {
    "ja": (
        "下書きは人の手で作られてきた。",
        "版木の写真から線を抜き出す。",
        "彫りの手間が減った。",
        "色刷りの版木でも試す。",
    ),
    "en": (
        "Drafts were made by hand.",
        "Lines are taken from photographs.",
        "Carving got quicker.",
        "Colour comes next.",
    ),
}
FAILED = Failure("summary.unverified", (Finding(FindingKind.NUMBER, "47.3%"),))
EXCERPT = Excerpt(Origin.TLDR, "A method drafts woodblocks by itself.")


def paper(number: int = 1, title: str = "") -> Paper:
    arxiv_id = f"2602.{number:05d}"
    return Paper(
        id=PaperId.arxiv(arxiv_id),
        title=title or f"Woodblocks Drafted by Machine, Volume {number}",
        abstract="",
        authors=("Ada Inkwell", "Len Printwright"),
        published=datetime(2026, 2, 24, 9, 0, tzinfo=UTC),
        url=f"https://arxiv.org/abs/{arxiv_id}",
        arxiv_id=arxiv_id,
        signals=(LISTED, UPVOTED),
    )


def entry(language: str = "ja", number: int = 1) -> Entry:
    """A paper with a verified summary."""
    headline, text = TEXTS[language]
    reasons = (Reason(ReasonKind.UPVOTES, value=128, share=0.976), Reason(ReasonKind.KEYWORD, "woodblock"))
    return Entry(number, paper(number), 1.25, reasons, summary=Summary(language, Style.BRIEF, headline, text))


def honest_entry(number: int = 1) -> Entry:
    """A paper whose summary did not pass, with somebody else's text."""
    return Entry(number, paper(number), 0.5, (Reason(ReasonKind.EXPLORE),), excerpt=EXCERPT, failure=FAILED)


def sheet(language: str = "ja") -> PaperView:
    """A paper on its own, with a brief summary."""
    return PaperView(paper(), language, Style.BRIEF, summary=entry(language).summary)


def detailed_sheet(language: str = "ja") -> PaperView:
    headline, text = TEXTS[language]
    sections = tuple(Section(kind, words) for kind, words in zip(SectionKind, SECTIONS[language], strict=True))
    return PaperView(paper(), language, Style.DETAILED, Summary(language, Style.DETAILED, headline, text, sections))


def shared_answer(text: str = "Carving got quicker.", address: str = "https://ok.example/a") -> AnswerView:
    """A shared answer; `text` stands in every place whose text comes from outside, `address` where a link may."""
    asked = replace(paper(title=text), url=address, arxiv_id=text)
    quotation = Quotation(asked.id, SentenceRef("S1.p1", 0), text, text, address)
    answer = Answer(AnswerKind.ANSWERED, (Claim(text, (quotation,)),), dropped=1, next_questions=(text,))
    return AnswerView("0123456789abcdef", text, (asked,), "en", answer, AskedState.DONE)


def honest_sheet(language: str = "ja") -> PaperView:
    return PaperView(paper(), language, Style.BRIEF, failure=FAILED, excerpt=EXCERPT)


def digest(language: str = "ja", size: int = 5, channel: ChannelKey | None = None) -> Digest:
    entries = (entry(language, number) for number in range(1, size + 1))
    made = replace(make_digest(*entries, language=language), date=DAY)
    return replace(made, channel=channel) if channel else made


def headline(language: str = "ja", layout: Layout = Layout.THREAD, size: int = 5) -> Headline:
    return Headline(digest(language, size), layout)


def card(entry: Entry, language: str = "ja", of: int = 5) -> Card:
    return Card(entry, DAY, language, of)


def notice(language: str = "ja") -> Notice:
    return Notice("digest.empty.weekend", language)


def news(language: str = "ja") -> News:
    return News(paper(), NewsKind.VERSION, language, version=2)


def key(name: str) -> DeliveryKey:
    return DeliveryKey.of(ChannelKey("any", "channel"), DAY, name)


def just_now() -> datetime:
    """The instant from which a look-up searches, with room for clocks that differ."""
    return datetime.now(UTC) - timedelta(minutes=1)


async def post(world: World, channel: ChannelKey, part: Part, name: str = "part") -> MessageRef:
    return await world.platform.post(Place(channel), part, key(name))


async def texts(world: World, channel: ChannelKey) -> Sequence[str]:
    return [seen.text for seen in await world.messages(channel)]


def said(sentence: str, text: str) -> bool:
    """Whether the text has the sentence, wherever its lines end and whatever invisible marks keep it inert."""
    return bare(sentence) in bare(text)


def bare(text: str) -> str:
    return re.sub(r"[\s\u200b\u2060\ufeff]+", "", text)
