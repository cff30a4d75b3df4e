"""Parts as Slack's blocks: what Slack takes, and nothing that calls anybody, whatever stands in a paper."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import blocks as b
from adapters.slack.cards import Message, paper_view
from adapters.slack.menus import choices
from adapters.slack.render import FORM, STEP, render
from adapters.slack.replies import message, messages
from bot.chat.parser import parse_digest
from bot.chat.registry import COMMANDS
from bot.models import (
    Card,
    ChannelKey,
    Greeting,
    Headline,
    Layout,
    NextStep,
    Notice,
    Page,
    PaperId,
    PaperView,
    Part,
    Reply,
    Style,
    Summary,
    say,
)
from bot.words import Words, sentences, words_for
from tests.fakes.slack_blocks import block_problems, elements
from tests.fakes.slack_contract import Contract
from tests.support import failures
from tests.support.digests import (
    UNVERIFIED,
    brief,
    detailed,
    hostile,
    make_digest,
    make_paper,
    two_entries,
    urls,
)
from tests.support.failures import FILLER, SIZES, document_of, sentence_of, sentences_of

DAY = date(2026, 2, 27)
JA, EN = words_for("ja"), words_for("en")


def is_taken(message: Message) -> None:
    """What Slack and its SDK say of the message."""
    contract = Contract()
    asked = {"channel": "C1", "text": message.text, "blocks": message.blocks}
    contract.look_at("chat.postMessage", asked)
    assert contract.findings == []
    assert block_problems(message.blocks) == []
    assert b.length(message.blocks) <= b.TOTAL
    raw = json.dumps(message.blocks)
    assert not [kind for kind in ("user", "usergroup", "broadcast", "mrkdwn") if f'"type": "{kind}"' in raw]


@st.composite
def parts(draw: st.DrawFn) -> Part:
    text, other = draw(hostile), draw(hostile)
    paper = replace(
        make_paper(text, other, draw(urls)),
        authors=(text, other),
        arxiv_id=draw(st.sampled_from(["2602.00001", "cs/0112017"]) | hostile),
        code_url=draw(urls),
        withdrawn=draw(st.booleans()),
    )
    digest = two_entries(paper, brief(text, other))
    first, second = digest.entries
    long = draw(st.sampled_from([1, 40, 400]))
    made: tuple[Part, ...] = (
        Headline(digest, draw(st.sampled_from((Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)))),
        Card(first, DAY, "ja", 2),
        Card(second, DAY, "en", 2),
        PaperView(paper, "ja", Style.DETAILED, summary=detailed(text * long, other * long)),
        PaperView(paper, "en", Style.BRIEF, failure=UNVERIFIED, excerpt=second.excerpt),
        Notice("digest.empty.holiday", "en", (("holiday", text * long),), ChannelKey("slack", "T1/C1")),
        Greeting("ja"),
    )
    return draw(st.sampled_from(made))


@given(parts())
def test_whatever_stands_in_a_part_slack_takes_it_and_nobody_is_called(part: Part) -> None:
    is_taken(render(part, JA))


@given(hostile, st.integers(1, 30))
def test_choices_are_taken_whatever_the_titles(title: str, times: int) -> None:
    is_taken(Message("which", choices([make_paper(title * times)] * 8, JA)))


def test_a_large_digest_with_long_texts_fits() -> None:
    entry = two_entries(make_paper("題" * 400), brief("要" * 500, "約" * 3000)).entries[0]
    digest = make_digest(*(replace(entry, rank=rank) for rank in range(1, 21)))

    for layout in (Layout.THREAD, Layout.COMPACT):
        message = render(Headline(digest, layout), JA)
        is_taken(message)
        assert len(message.blocks) <= 50


def test_a_page_has_no_place_in_a_chat() -> None:
    with pytest.raises(ValueError, match="no place"):
        render(Page(two_entries()), JA)


def test_the_fallback_names_the_papers_escaped() -> None:
    message = render(Headline(two_entries(make_paper("A <!channel> & B")), Layout.THREAD), EN)

    assert "1. A &lt;!channel&gt; &amp; B" in message.text


def test_a_card_has_its_buttons() -> None:
    entry = two_entries(replace(make_paper(), code_url="https://github.com/ada/x")).entries[0]
    buttons = {one["action_id"]: one for one in render(Card(entry, DAY, "ja", 2), JA).blocks[-1]["elements"]}

    assert list(buttons) == ["paper.details", "paper.ask", "paper.cite", "paper.more", "open.pdf", "open.code"]
    assert buttons["paper.details"]["value"] == "arxiv:2602.00001"
    assert buttons["open.pdf"]["url"] == "https://arxiv.org/pdf/2602.00001"
    assert buttons["open.code"]["url"] == "https://github.com/ada/x"


def test_a_paper_elsewhere_has_no_button_for_arxivs_pdf() -> None:
    entry = two_entries(replace(make_paper(), arxiv_id="https://evil.example/x")).entries[0]
    buttons = [one["action_id"] for one in render(Card(entry, DAY, "ja", 2), JA).blocks[-1]["elements"]]

    assert buttons == ["paper.details", "paper.ask", "paper.cite", "paper.more"]


def test_only_a_paper_that_is_asked_for_can_be_shared() -> None:
    shown = PaperView(make_paper(), "en", Style.BRIEF, summary=brief())

    assert "paper.share" not in json.dumps(render(shown, EN).blocks)
    assert "paper.share" in json.dumps(paper_view(shown, EN, share=True).blocks)


@pytest.mark.parametrize(
    ("length", "shared", "offered"), [(1_980, True, True), (1_996, False, True), (2_001, False, False)]
)
def test_an_id_that_is_too_long_for_a_button_is_never_cut(length: int, shared: bool, offered: bool) -> None:
    paper = replace(make_paper(), id=PaperId("doi", "x" * (length - len("doi:"))))
    shown = paper_view(PaperView(paper, "en", Style.BRIEF), EN, share=True)
    values = {one["action_id"]: one.get("value") for one in shown.blocks[-1]["elements"]}

    assert ("paper.share" in values) == shared
    assert values.get("paper.details") == (str(paper.id) if offered else None)
    assert len(choices([paper, make_paper()], EN)) == 1 + offered
    is_taken(shown)


def test_the_fallback_says_why_there_is_no_summary() -> None:
    view = PaperView(make_paper(), "en", Style.BRIEF, failure=UNVERIFIED)

    for shown in (paper_view(view, EN), render(view, EN), render(Card(two_entries().entries[1], DAY, "en", 2), EN)):
        assert shown.text == f"A Title\n{sentences.failure(EN, UNVERIFIED)}"


def test_details_have_their_sections_and_no_button_for_themselves() -> None:
    message = render(PaperView(make_paper(), "ja", Style.DETAILED, summary=detailed()), JA)
    shown = json.dumps(message.blocks, ensure_ascii=False)

    for key in ("background", "method", "results", "outlook"):
        assert JA.say(f"paper.section.{key}") in shown
    assert "paper.details" not in shown
    is_taken(message)


def test_a_notice_about_a_channel_names_it() -> None:
    message = render(Notice("digest.empty.weekend", "ja", (), ChannelKey("slack", "T1/C9")), JA)

    assert {"type": "channel", "channel_id": "C9"} in message.blocks[0]["elements"][0]["elements"]


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("👍👍👍", 5, "👍👍…"),
        ("👍👍", 4, "👍👍"),
        ("a b", 2, "a…"),
        ("abc", 0, ""),
    ],
)
def test_a_cut_counts_as_slack_counts_and_shows(text: str, room: int, kept: str) -> None:
    assert b.clip(text, room) == kept


def test_a_cut_never_falls_into_an_escape() -> None:
    assert b.escaped("a&b<c>") == "a&amp;b&lt;c&gt;"
    assert b.escaped("a&&", 7) == "a&amp;…"
    assert b.unescaped("a&amp;lt;b&lt;") == "a&lt;b<"


def test_a_long_answer_is_shown_in_full() -> None:
    sentences = tuple(say(spec.help) for spec in COMMANDS.specs) * 2
    shown = message(Reply("en", "UTC", sentences))

    assert block_problems(shown.blocks) == []
    (bullets,) = shown.blocks[0]["elements"]
    lines = ["".join(piece["text"] for piece in line["elements"]) for line in bullets["elements"]]
    assert lines == [words_for("en").say(one.key).replace("`", "") for one in sentences]


def test_a_line_that_begins_with_code_stands_on_a_line_of_its_own_outside_the_code() -> None:
    key = COMMANDS.named("time").help  # type: ignore[union-attr]  # it is a command
    shown = message(Reply("en", "UTC", (say("channels.subscribed"), say(key))))

    assert block_problems(shown.blocks) == []
    (line,) = shown.blocks[0]["elements"]
    assert [piece["text"] for piece in line["elements"] if piece.get("style")] == [
        "/digest channel time 07:00 Asia/Tokyo"
    ]
    assert "Subscribed.\n/digest channel time 07:00" in "".join(piece["text"] for piece in line["elements"])


def test_help_has_headings_and_what_has_numbers_is_numbered() -> None:
    lines = map(say, ("channels.help.everyone", "channels.help.top", "channels.help.why"))
    shown = message(Reply("en", "UTC", tuple(lines)))
    heading, commands = shown.blocks[0]["elements"]
    assert heading["elements"] == [b.text("For everyone:", bold=True)]
    assert len(commands["elements"]) == 2

    papers = (say("channels.top.paper", n=2, rank=rank, title="A Title") for rank in (1, 2, 3))
    shown = message(Reply("ja", "UTC", (say("channels.top.week"), *papers)))
    assert [part.get("style") for part in shown.blocks[0]["elements"]] == [None, "ordered"]
    assert "1." not in json.dumps(shown.blocks)
    is_taken(shown)


@pytest.mark.parametrize("name", ["time", "days", "language", "size", "layout", "quiet"])
@pytest.mark.parametrize("words", [JA, EN], ids=["ja", "en"])
def test_each_value_of_a_menu_is_a_command_that_sets_it(name: str, words: Words) -> None:
    (shown,) = messages(Reply(words.language, "UTC", (say("channels.begin"),)), settings="C012", menu=name)
    is_taken(shown)
    menu, button = shown.blocks[-1]["elements"]
    assert button["action_id"] == FORM
    assert menu["placeholder"]["text"] == words.say(f"menu.{name}")
    made = COMMANDS.named(name).makes  # type: ignore[union-attr]  # it is a command
    assert {type(parse_digest(one["value"])) for one in menu["options"]} == {made}
    assert len(menu["options"]) > 1


@pytest.mark.parametrize("name", ["topics", "keywords", "managers", "channel", "", "status"])
def test_what_takes_free_text_has_no_menu(name: str) -> None:
    (shown,) = messages(Reply("en", "UTC", (say("channels.begin"),)), settings="C012", menu=name)
    assert [one["type"] for one in shown.blocks[-1]["elements"]] == ["button"]


def test_papers_are_listed_once_and_chosen_from_one_menu() -> None:
    papers = tuple(replace(make_paper(f"Title {n}"), id=PaperId.arxiv(f"2602.0000{n}")) for n in range(8))
    (shown,) = messages(Reply("en", "UTC", (say("paper.choose"),), choices=papers))
    is_taken(shown)
    interactive = [element for _, element in elements(shown.blocks)]
    assert [one["type"] for one in interactive] == ["static_select"]
    assert [one["value"] for one in interactive[0]["options"]] == [str(one.id) for one in papers]
    told = [say("channels.top.paper", n=2, rank=rank, title=one.title) for rank, one in enumerate(papers, 1)]
    (shown,) = messages(Reply("en", "UTC", (say("channels.top.week"), *told), choices=papers))
    assert json.dumps([one for one in shown.blocks if one["type"] == "rich_text"]).count("Title 3") == 1
    (shown,) = messages(Reply("en", "UTC", (say("paper.choose.one"),), choices=papers[:1]))
    assert [one["type"] for _, one in elements(shown.blocks)] == ["button"]


def test_steps_are_buttons_that_mean_commands() -> None:
    [shown] = messages(Reply("en", "UTC", (say("channels.begin"),), steps=tuple(NextStep)), settings="C012")

    assert block_problems(shown.blocks) == []
    buttons = {one["text"]["text"]: one for one in shown.blocks[-1]["elements"]}
    assert [*buttons] == ["Subscribe", "Settings", "Help"]
    assert buttons["Settings"]["action_id"] == FORM
    for label in ("Subscribe", "Help"):
        assert buttons[label]["action_id"].startswith(STEP)
        assert parse_digest(buttons[label]["value"])


def test_a_preview_speaks_neither_of_threads_nor_of_votes() -> None:
    for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT):
        hint = words_for("en").say(f"headline.hint.{layout.value}")
        headline = Headline(two_entries(), layout)
        assert hint in json.dumps(render(headline, words_for("en")).blocks)
        assert hint not in json.dumps(render(replace(headline, preview=True), words_for("en")).blocks)


def test_a_summary_that_is_empty_still_makes_a_card() -> None:
    entry = replace(two_entries().entries[0], summary=Summary("ja", Style.BRIEF, "", ""))
    is_taken(render(Card(entry, DAY, "ja", 2), JA))


@pytest.mark.parametrize("size", [0, *SIZES])
def test_a_text_of_any_size_is_shown_whole(size: int) -> None:
    for reply in (sentence_of(size), sentence_of(size, blanks=True), sentences_of(size), document_of(0)):
        made = messages(reply)
        wanted = size if reply.documents == () else 100
        assert sum(str(one.blocks).count(FILLER) for one in made) == wanted
        assert all(0 < b.length(one.blocks) <= b.TOTAL for one in made)
        assert all(len(one.blocks) <= 50 for one in made)


def test_thirty_parts_are_shown() -> None:
    digest, cards, notices = (messages(Reply("ja", "UTC", parts=several)) for several in failures.parts())
    assert len(digest) == 1
    assert {*re.findall(r"Volume \d+", str([one.blocks for one in cards]))} == {f"Volume {n}" for n in range(1, 31)}
    assert sum(str(one.blocks).count(words_for("ja").say("digest.empty.weekend")) for one in notices) == 30
    for shown in (*cards, *notices):
        assert b.length(shown.blocks) <= b.TOTAL
        assert len(shown.blocks) <= 50


def test_an_empty_reply_says_so() -> None:
    (only,) = messages(Reply("ja", "UTC"))
    assert only.text == words_for("ja").say("chat.empty")
    assert only.blocks
