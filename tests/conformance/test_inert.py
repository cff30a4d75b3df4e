"""Text from outside stays text: it notifies nobody, opens nothing of its own, hides nothing, and fits."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.models import (
    Entry,
    Excerpt,
    Headline,
    Layout,
    News,
    NewsKind,
    Notice,
    Origin,
    Page,
    PaperView,
    Part,
    Reason,
    ReasonKind,
    Section,
    SectionKind,
    Style,
    Summary,
)
from bot.words import one_line
from bot.words.plain import readable_line
from tests.conformance.parts import FAILED, bare, card, digest, entry, post, shared_answer
from tests.conformance.world import Seen, World, WorldKind
from tests.support.digests import FRAGMENTS
from tests.support.hostile_text import hostile

MENTIONS = (
    "<!channel> <!here> <!everyone> <@U012ABCDEF> <!subteam^S012ABC> <#C012ABC> <!date^1^{date}|x>",
    "@everyone @here @channel <@123456789012345678> <@&123456789012345678> <#123456789012345678> </cmd:123>",
    "&lt;!channel&gt; &lt;@U012ABCDEF&gt; &amp;lt;!here&amp;gt; <!channel|y> <@bot> <!everyone>",
)
MARKUP = (
    "*bold* _it_ ~s~ `code` ```block``` > quote # head - item 1. item ||spoiler|| __u__ ***x***",
    "[label](https://evil.example/a) <https://evil.example/b|label> https://evil.example/c www.evil.example",
    "<https://evil.example/d> javascript:alert(1) <mailto:a@evil.example|mail> [x](javascript:alert(1)) :smile:",
)
HIDDEN = ("a\u202eb\u200bc\ufeffd\x00e\x1b[31mf\x07g\x9bh\u2066i\ud800j\r\nk\u2028l\U000e0041m",)


def everywhere(text: str, address: str = "https://ok.example/a") -> Entry:
    """An entry that has the text in every field which comes from outside."""
    source = entry()
    paper = replace(
        source.paper, title=text, authors=(text, text), url=address, arxiv_id=text, comment=text, abstract=text
    )
    reasons = (Reason(ReasonKind.KEYWORD, text), Reason(ReasonKind.AUTHOR, text))
    return replace(source, paper=paper, reasons=reasons, summary=Summary("ja", Style.BRIEF, text, text))


def parts(kind: WorldKind, text: str, address: str = "https://ok.example/a") -> Iterator[Part]:
    summed = everywhere(text, address)
    honest = replace(summed, summary=None, excerpt=Excerpt(Origin.ABSTRACT, text), failure=FAILED)
    both = replace(digest(size=2), entries=(summed, replace(honest, rank=2)))
    made: list[Part] = [Headline(both, layout) for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)]
    made += sheets(summed, honest, text)
    made += [card(summed), card(honest), Notice("digest.empty.holiday", "en", (("holiday", text),)), Page(both)]
    made += [News(summed.paper, news, "ja", version=2, address=address) for news in NewsKind]
    made.append(shared_answer(text, address))
    return (part for part in made if type(part) in kind.parts)


def sheets(summed: Entry, honest: Entry, text: str) -> Iterator[PaperView]:
    sections = tuple(Section(kind, text) for kind in SectionKind)
    detailed = Summary("ja", Style.DETAILED, text, text, sections)
    yield PaperView(summed.paper, "ja", Style.BRIEF, summary=summed.summary)
    yield PaperView(summed.paper, "ja", Style.DETAILED, summary=detailed)
    yield PaperView(summed.paper, "en", Style.BRIEF, failure=honest.failure, excerpt=honest.excerpt)


async def posted(world: World, kind: WorldKind, text: str, address: str = "https://ok.example/a") -> list[Seen]:
    """What people see of the text in every part."""
    channel = await world.channel()
    for number, part in enumerate(parts(kind, text, address)):
        await post(world, channel, part, str(number))
    return [*await world.messages(channel)]


def is_inert(seen: Seen, address: str = "https://ok.example/a") -> None:
    assert {*seen.links} <= {address}
    assert not {c for c in seen.text if unicodedata.category(c) in ("Cc", "Cs", "Co")} - {"\n"}
    assert not {*seen.text} & {*"\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"}


@pytest.mark.parametrize("text", [*MENTIONS, *MARKUP, *HIDDEN])
async def test_what_stands_in_a_paper_is_only_read(world: World, kind: WorldKind, text: str) -> None:
    for seen in await posted(world, kind, text):
        is_inert(seen)
        # News has no more of a paper than its title, of which the TeX is read.
        assert any(bare(form) in bare(seen.text) for form in (one_line(text), readable_line(text)))
    assert await world.mentions() == 0


async def test_random_markup_is_only_read(world: World, kind: WorldKind) -> None:
    draw = random.Random(2026)
    for _ in range(25):
        text = "".join(draw.choices(FRAGMENTS, k=6)) + hostile(draw, 8)
        for seen in await posted(world, kind, text):
            is_inert(seen)
    assert await world.mentions() == 0


@pytest.mark.parametrize("unit", ["a", "語", "<!channel>", "&", "👩‍👩‍👧", "a ", "*", "`"], ids=str.encode)
async def test_a_text_that_is_longer_than_a_message_fits(world: World, kind: WorldKind, unit: str) -> None:
    long = kind.limits.overlong_text(unit)
    for address in ("https://ok.example/a", ""):
        seen = await posted(world, kind, long, address)
        assert len(seen) == len([*parts(kind, long)])
        for one in seen:
            is_inert(one, address)
            assert bare(unit * 20) in bare(one.text)
            # What was cut says so.
            assert "…" in one.text or (kind.limits.text is None and bare(long) in bare(one.text))
    assert await world.mentions() == 0


async def test_an_empty_text_still_makes_a_message(world: World, kind: WorldKind) -> None:
    for text in ("", " ", "\x00", "\u200b"):
        for seen in await posted(world, kind, text):
            is_inert(seen)
            assert seen.text.strip()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user:secret@a.example/",
        "https://a.example/|b>c",
        "https://a.example/<!channel>",
        "https://a.example/ b",
        "//a.example",
        "",
    ],
    ids=lambda address: address[:24],
)
async def test_an_address_that_is_none_is_no_link(world: World, kind: WorldKind, address: str) -> None:
    for seen in await posted(world, kind, "A title", address):
        assert not seen.links
        assert "A title" in seen.text
    assert await world.mentions() == 0


async def test_an_address_that_is_longer_than_a_link_is_left_out(world: World, kind: WorldKind) -> None:
    address = kind.limits.overlong_address("https://a.example/")
    for seen in await posted(world, kind, "A title", address):
        assert {*seen.links} <= ({address} if kind.limits.address is None else set())
        assert "A title" in seen.text
    assert await world.mentions() == 0


async def test_an_address_with_signs_of_markup_opens_what_it_says(world: World, kind: WorldKind) -> None:
    address = "https://a.example/(x)[y]?q=1&copy;=2*_~"
    for seen in await posted(world, kind, "A title", address):
        is_inert(seen, address)
