"""What people see of a single paper, and of the bot's greeting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.models import Greeting, Place, Style
from bot.words import sentences, words_for
from tests.conformance.parts import EXCERPT, FAILED, detailed_sheet, honest_sheet, key, news, post, said, sheet, texts
from tests.conformance.world import World

LANGUAGES = ("ja", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
async def test_a_sheet_has_the_paper_and_its_summary(world: World, language: str, style: Style) -> None:
    channel, words = await world.channel(), words_for(language)
    part = sheet(language) if style is Style.BRIEF else detailed_sheet(language)
    await post(world, channel, part)
    (seen,) = await world.messages(channel)
    assert part.summary
    facts = [
        part.paper.title,
        words.authors(part.paper),
        words.date(part.paper.published.date()),
        part.paper.arxiv_id or "",
        part.summary.headline,
        part.summary.text,
    ]
    assert [fact for fact in facts if not said(fact, seen.text)] == []
    assert part.paper.url in seen.links


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_detailed_sheet_has_its_sections_in_order(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    part = detailed_sheet(language)
    await post(world, channel, part)
    (text,) = await texts(world, channel)
    assert part.summary
    assert len(part.summary.sections) == 4
    for section in part.summary.sections:
        assert said(words.say(f"paper.section.{section.kind.value}") + section.text, text)
    places = [text.index(section.text) for section in part.summary.sections]
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_honest_sheet_labels_a_text_that_is_no_summary(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    await post(world, channel, honest_sheet(language))
    (text,) = await texts(world, channel)
    assert said(sentences.failure(words, FAILED), text)
    assert said(sentences.excerpt_label(words, EXCERPT) + EXCERPT.text, text)


async def test_a_withdrawn_paper_is_called_so_on_its_sheet(world: World) -> None:
    channel = await world.channel()
    shown = sheet("en")
    await post(world, channel, replace(shown, paper=replace(shown.paper, withdrawn=True)))
    (text,) = await texts(world, channel)
    assert said(words_for("en").say("paper.withdrawn"), text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_news_stands_in_a_papers_thread_and_names_it(world: World, language: str) -> None:
    channel, words = await world.channel(), words_for(language)
    top = await post(world, channel, sheet(language), "share")
    await world.platform.post(Place(channel, top), news(language), key("news"))
    _, seen = await world.messages(channel)
    assert seen.thread == top
    assert said(news(language).paper.title, seen.text)
    assert said(words.say("news.version", version=2), seen.text)
    assert news(language).paper.url in seen.links


async def test_a_sheet_can_be_edited_and_stands_in_a_thread(world: World) -> None:
    channel = await world.channel()
    top = await post(world, channel, sheet("ja"), "share")
    below = await world.platform.post(Place(channel, top), honest_sheet("ja"), key("answer"))
    await world.platform.edit(below, sheet("en"))
    first, second = await world.messages(channel)
    assert (first.ref, first.thread, second.ref, second.thread) == (top, None, below, top)
    changed = sheet("en").summary
    assert changed
    assert said(changed.text, second.text)
    assert not said(EXCERPT.text, second.text)


async def test_a_sheet_can_be_voted_on(reacting: World) -> None:
    ref = await post(reacting, await reacting.channel(), sheet())
    for emoji in ("👍", "👎"):
        await reacting.reactions.seed(ref, emoji)
    await reacting.react(ref, "👍", ["U1"])
    tally = await reacting.reactions.read(ref)
    assert tally.complete
    assert {emoji: {*people} for emoji, people in tally.reactions} == {"👍": {"U1"}}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_greeting_is_in_the_places_language(world: World, language: str) -> None:
    channel = await world.channel()
    await post(world, channel, Greeting(language))
    (text,) = await texts(world, channel)
    assert said(words_for(language).say("greeting.text"), text)
    assert await world.mentions() == 0
