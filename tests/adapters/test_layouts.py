"""No adapter invents a fact and none loses one: each shows the values of the layout, in their order, and only them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from adapters.discord import render as discord
from adapters.markdown import render as markdown
from adapters.slack.cards import Message
from adapters.slack.cards import paper_view as slack_view
from adapters.slack.render import render as slack
from adapters.terminal import render as terminal
from bot.models import (
    Card,
    EmptyReason,
    Entry,
    Excerpt,
    Greeting,
    Headline,
    Layout,
    Origin,
    Paper,
    PaperId,
    PaperView,
    Reason,
    ReasonKind,
    Section,
    SectionKind,
    Style,
    Summary,
)
from bot.words import Words, sentences, words_for
from bot.words.layout import (
    HeadlineLayout,
    PaperLayout,
    choice_layout,
    digest_layout,
    greeting_layout,
    headline_layout,
    paper_layout,
)
from tests.support.digests import LISTED, UNVERIFIED, UPVOTED, make_digest, make_paper

DAY = date(2026, 2, 27)
TOKYO = ZoneInfo("Asia/Tokyo")

languages = st.sampled_from(["ja", "en"])
texts = st.text("abkxyzABK漢字かなカナ。、", min_size=1, max_size=12)
maybe = texts | st.just("")


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    arxiv_id = draw(st.sampled_from([None, "2602.00001", "cs/0112017"]))
    return replace(
        make_paper(draw(maybe), "", draw(st.sampled_from(["https://ok.example/a", "javascript:x", ""]))),
        id=PaperId.arxiv(arxiv_id) if arxiv_id else draw(st.sampled_from([PaperId.doi("10.1/x"), PaperId.title("x")])),
        arxiv_id=arxiv_id,
        authors=tuple(draw(st.lists(texts, max_size=6))),
        signals=draw(st.sampled_from([(), (LISTED,), (LISTED, UPVOTED)])),
        code_url=draw(st.sampled_from([None, "https://code.example/x", "ftp://x"])),
        withdrawn=draw(st.booleans()),
    )


@st.composite
def views(draw: st.DrawFn) -> PaperView:
    paper, language = draw(papers()), draw(languages)
    style = draw(st.sampled_from(Style))
    kinds = draw(st.sets(st.sampled_from(SectionKind))) if style is Style.DETAILED else ()
    sections = tuple(Section(kind, draw(maybe)) for kind in SectionKind if kind in kinds)
    shown = (
        PaperView(paper, language, style),
        PaperView(paper, language, style, failure=UNVERIFIED),
        PaperView(paper, language, style, failure=UNVERIFIED, excerpt=Excerpt(Origin.TLDR, draw(maybe))),
        PaperView(paper, language, style, Summary(language, style, draw(maybe), draw(maybe), sections)),
    )
    return draw(st.sampled_from(shown))


@st.composite
def entries(draw: st.DrawFn, rank: int = 1) -> Entry:
    view = draw(views().filter(lambda view: view.style is Style.BRIEF))
    reasons = draw(st.lists(st.sampled_from([Reason(ReasonKind.EXPLORE), Reason(ReasonKind.KEYWORD, "k")]), max_size=2))
    return Entry(rank, view.paper, 1.0, tuple(reasons), view.summary, view.excerpt, view.failure)


def shows(visible: str, values: Iterable[str]) -> None:
    """Assert that the values stand there in this order, with no letter and no digit before, between or behind them."""
    rest = bare(visible)
    for value in filter(None, map(bare, values)):
        before, found, rest = rest.partition(value)
        assert found, f"lost: {value}"
        assert not any(map(str.isalnum, before)), f"invented: {before}"
    assert not any(map(str.isalnum, rest)), f"invented: {rest}"


def bare(text: str) -> str:
    """The text without white space and without the escapes of Markdown."""
    return re.sub(r"[\s\\]+", "", text)


# --- what is visible --------------------------------------------------------------------------


def in_slack(message: Message) -> str:
    return " ".join(strings(message.blocks))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str):
            yield text
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def in_discord(body: dict[str, object]) -> str:
    embeds, rows = body.get("embeds"), body.get("components")
    assert isinstance(embeds, list)
    assert isinstance(rows, list)
    texts = [
        text
        for embed in embeds
        for text in (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    ]
    labels = [button["label"] for row in rows for button in row["components"]]
    return without_addresses("\n".join([*texts, *labels]))


def without_addresses(markdown: str) -> str:
    """Markdown's links without what they open."""
    return re.sub(r"(?<=\])\([^)\s]*\)", "", markdown)


def in_terminal(shown: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=10_000, highlight=False)
    with console.capture() as capture:
        console.print(shown)
    return capture.get()


def of_paper(paper: PaperLayout) -> list[str]:
    """What a chat shows of a paper."""
    number = str(paper.number or "")
    facts = [fact.text for fact in paper.facts]
    labels = [button.label for button in paper.buttons]
    return [number, paper.title, *facts, *of_texts(paper), paper.why, *labels]


def of_texts(paper: PaperLayout) -> list[str]:
    passages = [text for passage in paper.passages for text in (passage.heading, passage.text)]
    return [paper.withdrawn, paper.failure, paper.label, paper.quotation, paper.takeaway, *passages]


def of_headline(shown: HeadlineLayout, *, numbered: bool) -> list[str]:
    items = [
        text
        for item in shown.items
        for text in (str(item.number) if numbered else "", item.title, item.lead, item.text)
    ]
    return [shown.title, shown.status, shown.empty, *items, shown.hint]


def in_documents(paper: PaperLayout, *, labelled: bool) -> list[str]:
    """What the terminal and, with labels before its facts, Markdown show of a paper."""
    number = str(paper.number or "")
    if labelled:
        facts = [text for fact in paper.facts for text in (fact.label, fact.value)]
    else:
        facts = [*(fact.value for fact in paper.facts if fact.kind != "arxiv_id"), paper.name, paper.link]
    return [number, paper.title, *facts, *of_texts(paper), paper.why]


# --- the chats --------------------------------------------------------------------------------


@given(views(), st.booleans())
def test_slack_shows_a_paper_on_its_own(view: PaperView, share: bool) -> None:
    words = words_for(view.language)
    layout = paper_layout(view, words, share=share, ask=True)
    message = slack_view(view, words, share=share)

    shows(in_slack(message), of_paper(layout))
    assert message.text.split("\n") == [one for one in (layout.title, layout.lead) if one]


@given(views())
def test_discord_shows_a_paper_on_its_own(view: PaperView) -> None:
    words = words_for(view.language)

    shows(in_discord(discord.message(view, words, "-")), of_paper(paper_layout(view, words, ask=True)))


@given(entries(), languages)
def test_the_chats_show_a_card(entry: Entry, language: str) -> None:
    words, card = words_for(language), Card(entry, DAY, language, 5)
    layout = paper_layout(entry, words, ask=True)

    shows(in_slack(slack(card, words)), of_paper(layout))
    shows(in_discord(discord.message(card, words, "-")), of_paper(layout))


@given(entries(1), entries(2), languages, st.sampled_from((Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)))
def test_the_chats_show_a_headline(first: Entry, second: Entry, language: str, layout: Layout) -> None:
    words, headline = words_for(language), Headline(make_digest(first, second), layout)
    shown = headline_layout(headline, words)

    # Slack itself writes the numbers of a list.
    shows(in_slack(slack(headline, words)), of_headline(shown, numbered=False))
    shows(
        in_discord(discord.message(headline, words, "-")),
        [*of_headline(shown, numbered=True), words.say("button.settings")],
    )


@given(languages)
def test_the_chats_show_a_day_without_papers(language: str) -> None:
    words, headline = words_for(language), Headline(make_digest(empty=EmptyReason.WEEKEND), Layout.THREAD)
    values = of_headline(headline_layout(headline, words), numbered=True)

    shows(in_slack(slack(headline, words)), values)
    shows(in_discord(discord.message(headline, words, "-")), [*values, words.say("button.settings")])


# --- documents --------------------------------------------------------------------------------


@given(views())
def test_the_terminal_shows_a_paper(view: PaperView) -> None:
    words = words_for(view.language)
    shown = terminal.paper(view.paper, words, summary=view.summary, excerpt=view.excerpt, failure=view.failure)

    shows(in_terminal(shown), in_documents(paper_layout(view, words), labelled=False))


@given(entries(1), entries(2), languages)
def test_documents_show_a_digest(first: Entry, second: Entry, language: str) -> None:
    words, digest = words_for(language), make_digest(first, second)
    layout = digest_layout(digest, words)
    labelled, unlabelled = (
        [text for paper in layout.papers for text in in_documents(paper, labelled=labelled)]
        for labelled in (True, False)
    )
    due = sentences.due(words, digest, TOKYO)

    shows(without_addresses(markdown.digest(digest, words)), [layout.title, layout.status, *labelled])
    shows(in_terminal(terminal.digest(digest, words, TOKYO)), [layout.title, due, layout.status, *unlabelled])


@given(views())
def test_markdown_shows_a_paper(view: PaperView) -> None:
    words = words_for(view.language)
    layout = paper_layout(view, words)
    shown = markdown.paper(view.paper, words, summary=view.summary, excerpt=view.excerpt, failure=view.failure)
    values = in_documents(layout, labelled=True)
    if view.summary and view.style is Style.DETAILED:
        values = [layout.title, layout.withdrawn, *in_detail(layout, words)]

    shows(without_addresses(shown), values)


def in_detail(paper: PaperLayout, words: Words) -> list[str]:
    """The form of a detailed summary in Markdown, which has neither facts nor a takeaway."""
    sections = [text for n, one in enumerate(paper.sections, 1) for text in (str(n), one.heading, one.text)]
    return [words.say("paper.abstract"), paper.text.text, words.say("paper.summary"), *sections]


@given(st.lists(papers(), min_size=1, max_size=3), languages)
def test_choices_are_told_apart_everywhere(found: list[Paper], language: str) -> None:
    words = words_for(language)
    choices = [choice_layout(paper, words) for paper in found]
    options = discord.choices(found, words)[0]["components"][0]["options"]

    assert [(one["value"], one["label"], one["description"]) for one in options] == [
        (choice.paper, choice.title, choice.about) for choice in choices
    ]
    shown = terminal.choices(found, words)
    values = [words.count("choices.heading", len(found))]
    for number, paper in enumerate(found, 1):
        layout = paper_layout(PaperView(paper, language, Style.BRIEF), words)
        values += [str(number), layout.title, layout.name, *(fact.value for fact in layout.facts[:2])]
    shows(in_terminal(shown), values)


@given(languages)
def test_the_greeting_has_its_buttons(language: str) -> None:
    words = words_for(language)
    layout = greeting_layout(words)
    values = [layout.text, *(button.label for button in layout.buttons)]

    shows(in_slack(slack(Greeting(language), words)).replace("`", ""), [value.replace("`", "") for value in values])
    shows(in_discord(discord.message(Greeting(language), words, "-")), values)
