"""Parts as Discord's messages: every one is taken, by Discord's limits and its own description of the interface."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from adapters.common.cutting import units
from adapters.discord import render, sizes, text
from adapters.discord.buttons import LONGEST_ID, Action, Click, Json, click_of, keys_of, link
from bot.models import (
    Card,
    ChannelKey,
    Excerpt,
    Greeting,
    Headline,
    Layout,
    Notice,
    Origin,
    Page,
    PaperId,
    PaperView,
    Part,
    Section,
    SectionKind,
    Style,
    Summary,
)
from bot.words import words_for
from tests.conformance import parts
from tests.fakes.discord_contract import Contract
from tests.fakes.discord_limits import check_message
from tests.fakes.discord_model import MessageFlag
from tests.support.digests import hostile, urls

JA, EN = words_for("ja"), words_for("en")
KEY = "0123456789abcdef0123"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


def is_taken(contract: Contract, body: Json) -> None:
    check_message(body, MessageFlag(body.get("flags", 0)))
    contract.check("POST", "/channels/1/messages", {**body, "nonce": "n", "enforce_nonce": True})
    assert contract.findings == []
    for embed in body.get("embeds", ()):
        assert units(embed.get("title", "")) <= 256
        assert units(embed.get("description", "")) <= 4096
    assert sizes.length(body.get("embeds", ())) <= 6000


def hostile_parts(text: str, url: str, paper_id: PaperId) -> list[Part]:
    entry = parts.entry()
    paper = replace(
        entry.paper, id=paper_id, title=text, authors=(text,) * 7, url=url, code_url=url, arxiv_id=text, withdrawn=True
    )
    sections = tuple(Section(kind, text) for kind in SectionKind)
    brief, long = (
        Summary("ja", style, text, text, sections if style is Style.DETAILED else ())
        for style in (Style.BRIEF, Style.DETAILED)
    )
    shown = replace(entry, paper=paper, summary=brief)
    honest = replace(shown, summary=None, failure=parts.FAILED, excerpt=Excerpt(Origin.ABSTRACT, text))
    many = replace(parts.digest(size=0), entries=tuple(replace(shown, rank=rank) for rank in range(1, 21)))
    made: list[Part] = [Headline(many, layout) for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)]
    made += [Card(one, parts.DAY, "ja", 5) for one in (shown, honest)]
    made += [PaperView(paper, "ja", Style.BRIEF, brief), PaperView(paper, "en", Style.DETAILED, long)]
    made += [PaperView(paper, "ja", Style.BRIEF, None, parts.FAILED, Excerpt(Origin.TLDR, text))]
    return [*made, Notice("digest.empty.holiday", "ja", (("holiday", text),)), Greeting("ja")]


@given(hostile | hostile.map(lambda text: text * 200), urls, hostile.filter(lambda text: text.strip() != ""))
@settings(max_examples=25)
def test_whatever_stands_in_a_part_discord_takes_it(contract: Contract, text: str, url: str, value: str) -> None:
    for part in hostile_parts(text, url, PaperId("doi", value)):
        body = render.message(part, JA, KEY)
        is_taken(contract, body)
        assert keys_of(body["components"]) == {KEY}
        assert body["allowed_mentions"] == {"parse": []}
        assert 1 <= units(render.name(part, JA)) <= 100


@given(hostile.map(lambda text: text * 50), urls)
@settings(max_examples=15)
def test_an_edit_is_taken_and_leaves_the_buttons(contract: Contract, text: str, url: str) -> None:
    for part in hostile_parts(text, url, PaperId("arxiv", "2602.00001")):
        body = render.edited(part, EN)
        assert "components" not in body
        assert body["allowed_mentions"] == {"parse": []}
        contract.check("PATCH", "/channels/1/messages/2", body)
        assert contract.findings == []


def test_a_page_has_no_place_in_a_chat() -> None:
    page = Page(parts.digest())
    with pytest.raises(ValueError, match="page"):
        render.message(page, JA, KEY)
    with pytest.raises(ValueError, match="page"):
        render.edited(page, JA)


def labels(body: Json) -> list[str]:
    return [one["label"] for row in body["components"] for one in row["components"]]


def test_a_card_has_buttons_for_what_the_paper_has() -> None:
    entry = parts.entry()
    bare = Card(replace(entry, paper=replace(entry.paper, arxiv_id=None)), parts.DAY, "en", 5)
    full = Card(replace(entry, paper=replace(entry.paper, code_url="https://github.com/ada/x")), parts.DAY, "en", 5)
    assert labels(render.message(bare, EN, KEY)) == ["Details", "Ask", "BibTeX", "More"]
    assert labels(render.message(full, EN, KEY)) == ["Details", "Ask", "BibTeX", "More", "PDF", "Code"]
    assert labels(render.message(full, JA, KEY)) == ["詳しく", "質問する", "BibTeX", "関連情報", "PDF", "コード"]


@pytest.mark.parametrize("arxiv_id", ["2602.00001/../x", "a b", "https://evil.example", "２６０２.00001"])
def test_an_id_that_is_none_opens_no_file(arxiv_id: str) -> None:
    entry = parts.entry()
    card = Card(replace(entry, paper=replace(entry.paper, arxiv_id=arxiv_id)), parts.DAY, "en", 5)
    assert labels(render.message(card, EN, KEY)) == ["Details", "Ask", "BibTeX", "More"]


def test_a_paper_whose_name_is_too_long_for_a_button_still_carries_its_key() -> None:
    entry = parts.entry()
    long = replace(entry, paper=replace(entry.paper, id=PaperId.doi("10.1234/" + "x" * 100)))
    body = render.message(Card(long, parts.DAY, "en", 5), EN, KEY)
    assert labels(body) == ["Settings", "PDF"]
    assert keys_of(body["components"]) == {KEY}


def test_a_notice_links_the_channel_it_is_about() -> None:
    notice = Notice("digest.empty.weekend", "en", about=ChannelKey("discord", "12/345"))
    assert render.message(notice, EN, KEY)["content"].endswith(" <#345>")
    other = replace(notice, about=ChannelKey("slack", "T1/C1"))
    assert "<#" not in render.message(other, EN, KEY)["content"]


def test_a_notice_shows_no_previews() -> None:
    assert render.message(parts.notice(), JA, KEY)["flags"] == 4


def test_details_stand_below_the_abstract_under_their_headings() -> None:
    sections = tuple(Section(kind, f"about {kind.value}") for kind in SectionKind)
    sheet = PaperView(
        parts.paper(), "en", Style.DETAILED, Summary("en", Style.DETAILED, "Takeaway", "Abstract.", sections)
    )
    first, second = render.message(sheet, EN, KEY)["embeds"]
    assert "Abstract." in first["description"]
    places = [second["description"].index(f"about {kind.value}") for kind in SectionKind]
    assert places == sorted(places)


@pytest.mark.parametrize("room", [10, 100, 2000])
def test_an_answer_keeps_commands_and_people(room: int) -> None:
    said = [f"Type `/digest *help*` or ask {text.live('<@123>')}. *x* <@4> @everyone", "second"]
    shown = text.lines(said, room)
    assert units(shown) <= room
    if room == 2000:
        assert shown == "Type `/digest *help*` or ask <@123>. \\*x\\* \\<\\@4> \\@everyone\nsecond"


def test_embeds_are_packed_by_their_number_and_size() -> None:
    small = [{"description": "x"} for _ in range(12)]
    assert [len(one) for one in sizes.packed(small)] == [10, 2]
    large = [{"description": "x" * 2500} for _ in range(5)]
    assert [len(one) for one in sizes.packed(large)] == [2, 2, 1]
    assert sizes.packed([]) == []


@pytest.mark.parametrize("action", Action)
def test_a_click_is_read_back(action: Action) -> None:
    click = Click(action, KEY, "arxiv:cs/0112017")
    assert click_of(click.custom_id) == click
    assert click.paper == PaperId("arxiv", "cs/0112017")
    assert units(click.custom_id) <= LONGEST_ID


@pytest.mark.parametrize(
    "text", ["", "details", "details:", "details:k y:x", "fly:abc:x", "details:" + "a" * 26 + ":x"]
)
def test_another_custom_id_is_no_click(text: str) -> None:
    assert click_of(text) is None


def test_keys_are_found_wherever_discord_puts_components() -> None:
    assert keys_of([{"type": 1, "components": [{"custom_id": f"status:{KEY}:"}, {"url": "https://x.example"}]}]) == {
        KEY
    }
    for nothing in (None, [], [None], "text", {"custom_id": 5}, [{"components": {"custom_id": "x"}}]):
        assert keys_of(nothing) == set()


@given(urls)
def test_a_button_opens_an_address_or_is_not_there(url: str) -> None:
    assert all(one["url"] == url for one in link("Code", url))


def test_choices_are_options_that_fit() -> None:
    papers = [parts.paper(number) for number in range(1, 31)]
    papers[0] = replace(papers[0], id=PaperId.doi("10.1/" + "x" * 120))
    (row,) = render.choices(papers, EN)
    options = row["components"][0]["options"]
    assert len(options) == 25
    assert options[0]["value"] == str(papers[1].id)
    assert all(1 <= units(one["label"]) <= 100 and units(one["description"]) <= 100 for one in options)
    assert render.choices(papers[:1], EN) == []
