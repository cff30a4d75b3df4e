"""What people see of the parts of a digest: what is in them, where they stand, and how an edit changes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import PermanentError
from bot.models import EmptyReason, Greeting, Headline, Layout, Notice, Page, Part, Place
from bot.words import sentences, words_for
from tests.conformance.parts import (
    EXCERPT,
    FAILED,
    card,
    detailed_sheet,
    digest,
    entry,
    headline,
    honest_entry,
    honest_sheet,
    key,
    news,
    notice,
    post,
    said,
    shared_answer,
    sheet,
    texts,
)
from tests.conformance.world import World, WorldKind

LANGUAGES = ("ja", "en")
PARTS: list[Part] = [
    headline("ja", Layout.THREAD),
    headline("en", Layout.CHANNEL),
    headline("ja", Layout.COMPACT),
    card(entry()),
    card(honest_entry()),
    notice(),
    Page(digest()),
    sheet(),
    detailed_sheet("en"),
    honest_sheet(),
    shared_answer(),
    Greeting("ja"),
    news(),
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
async def test_a_part_is_posted_once_with_its_key_or_refused(world: World, kind: WorldKind, part: Part) -> None:
    channel = await world.channel()
    if type(part) not in kind.parts:
        with pytest.raises(PermanentError) as refused:
            await post(world, channel, part)
        assert not refused.value.whole_channel
        assert await world.messages(channel) == []
        return
    ref = await post(world, channel, part)
    (seen,) = await world.messages(channel)
    assert seen.ref == ref
    assert seen.key == key("part").value
    assert seen.thread is None
    assert ref.platform == channel.platform
    assert seen.text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", [Layout.THREAD, Layout.CHANNEL, Layout.COMPACT])
async def test_a_headline_has_the_date_the_status_and_every_paper(world: World, language: str, layout: Layout) -> None:
    channel, words = await world.channel(), words_for(language)
    part = headline(language, layout)
    await post(world, channel, part)
    (seen,) = await world.messages(channel)
    assert said(words.day(part.digest.date), seen.text)
    assert said(sentences.status_line(words, part.digest), seen.text)
    for one in part.digest.entries:
        assert said(one.paper.title, seen.text)
        assert one.summary
        assert said(one.summary.headline, seen.text)
        assert one.paper.url in seen.links
    titles = [seen.text.index(one.paper.title) for one in part.digest.entries]
    assert titles == sorted(titles)


async def test_a_compact_headline_says_more_of_each_paper(world: World) -> None:
    channel = await world.channel()
    await post(world, channel, headline(layout=Layout.THREAD), "thread")
    await post(world, channel, headline(layout=Layout.COMPACT), "compact")
    short, long = await texts(world, channel)
    summary = entry().summary
    assert summary
    assert not said(summary.text, short)
    assert said(summary.text, long)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_day_without_papers_says_why(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    empty = replace(digest(language, size=0), empty=EmptyReason.WEEKEND)
    await post(world, channel, Headline(empty, Layout.THREAD))
    (text,) = await texts(world, channel)
    assert said(sentences.empty(words, empty), text)
    assert said(sentences.status_line(words, empty), text)


async def test_a_large_digest_still_names_every_paper(world: World, kind: WorldKind) -> None:
    channel = await world.channel()
    size = kind.limits.room_for(entry().paper.title, most=20)
    for layout in (Layout.THREAD, Layout.COMPACT):
        part = headline(layout=layout, size=size)
        await post(world, channel, part, layout.value)
        seen = (await world.messages(channel))[-1]
        assert all(said(one.paper.title, seen.text) for one in part.digest.entries)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_has_the_paper_its_summary_and_why_it_was_chosen(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    shown = entry(language)
    await post(world, channel, card(shown, language))
    (seen,) = await world.messages(channel)
    assert shown.summary
    facts = [
        shown.paper.title,
        words.authors(shown.paper),
        words.date(shown.paper.published.date()),
        *(sentences.source_name(words, source) for source in shown.paper.sources),
        shown.paper.arxiv_id or "",
        shown.summary.headline,
        shown.summary.text,
        sentences.why(words, shown.reasons),
    ]
    assert [fact for fact in facts if not said(fact, seen.text)] == []
    assert shown.paper.url in seen.links


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_honest_card_labels_a_text_that_is_no_summary(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    await post(world, channel, card(honest_entry(), language))
    (seen,) = await world.messages(channel)
    assert said(sentences.failure(words, FAILED), seen.text)
    label, text = sentences.excerpt_label(words, EXCERPT), EXCERPT.text
    assert said(label + text, seen.text)  # the label stands right above


async def test_a_withdrawn_paper_is_called_so(world: World) -> None:
    channel = await world.channel()
    shown = entry("en")
    await post(world, channel, card(replace(shown, paper=replace(shown.paper, withdrawn=True)), "en"))
    (text,) = await texts(world, channel)
    assert said(words_for("en").say("paper.withdrawn"), text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_notice_says_its_sentence(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    await post(world, channel, notice(language), "plain")
    asked = Notice("digest.empty.holiday", language, (("holiday", "Printers' Day"),))
    await post(world, channel, asked, "with an argument")
    plain, filled = await texts(world, channel)
    assert said(words.say("digest.empty.weekend"), plain)
    assert said(words.say("digest.empty.holiday", holiday="Printers' Day"), filled)


async def test_cards_stand_in_the_headlines_thread_in_their_order(world: World) -> None:
    channel = await world.channel()
    part = headline()
    top = await post(world, channel, part, "headline")
    refs = [
        await world.platform.post(Place(channel, top), card(one), key(f"card:{one.rank}"))
        for one in part.digest.entries
    ]
    first, *cards = await world.messages(channel)
    assert (first.ref, first.thread) == (top, None)
    assert [seen.ref for seen in cards] == refs
    assert [seen.key for seen in cards] == [key(f"card:{number}").value for number in range(1, 6)]
    assert {seen.thread for seen in cards} == {top}


async def test_cards_stand_beside_the_headline_without_a_thread(world: World) -> None:
    channel = await world.channel()
    top = await post(world, channel, headline(layout=Layout.CHANNEL), "headline")
    refs = [await post(world, channel, card(entry(number=number)), f"card:{number}") for number in (1, 2)]
    seen = await world.messages(channel)
    assert [one.ref for one in seen] == [top, *refs]
    assert all(one.thread is None for one in seen)


async def test_channels_do_not_mix(world: World) -> None:
    one, other = await world.channel(), await world.channel()
    await post(world, one, notice("ja"), "same")
    await post(world, other, notice("en"), "same")
    (japanese,), (english,) = await texts(world, one), await texts(world, other)
    assert said(words_for("ja").say("digest.empty.weekend"), japanese)
    assert said(words_for("en").say("digest.empty.weekend"), english)


async def test_an_edit_replaces_what_a_card_says(world: World) -> None:
    channel, words = await world.channel(), words_for("ja")
    top = await post(world, channel, headline(), "headline")
    ref = await world.platform.post(Place(channel, top), card(honest_entry()), key("card:1"))
    mended = entry()
    await world.platform.edit(ref, card(mended))
    _, seen = await world.messages(channel)
    assert (seen.ref, seen.thread) == (ref, top)
    assert mended.summary
    assert said(mended.summary.text, seen.text)
    assert not said(sentences.failure(words, FAILED), seen.text)
    await world.platform.edit(ref, card(mended))  # the same again is fine
    assert len(await world.messages(channel)) == 2


async def test_an_edit_of_a_headline_leaves_its_thread(world: World) -> None:
    channel = await world.channel()
    top = await post(world, channel, headline("ja"), "headline")
    await world.platform.post(Place(channel, top), card(entry()), key("card:1"))
    await world.platform.edit(top, headline("en"))
    first, below = await world.messages(channel)
    assert said(words_for("en").day(digest().date), first.text)
    assert below.thread == top


async def test_what_is_gone_cannot_be_edited_or_answered(world: World) -> None:
    channel = await world.channel()
    ref = await post(world, channel, headline())
    await world.delete(ref)
    with pytest.raises(PermanentError) as edited:
        await world.platform.edit(ref, headline("en"))
    with pytest.raises(PermanentError) as answered:
        await world.platform.post(Place(channel, ref), card(entry()), key("card:1"))
    for raised in (edited, answered):
        assert raised.value.code == "platform.message_gone"
        assert not raised.value.whole_channel
    assert await world.messages(channel) == []
    await post(world, channel, notice(), "next")  # the channel itself still takes messages
