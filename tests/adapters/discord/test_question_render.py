"""Questions and answers as Discord's messages: taken, numbered, proved, and dead to what others wrote."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from adapters.common.cutting import units
from adapters.discord import questions, render, sizes
from adapters.discord.buttons import Action, Json, click_of, keys_of
from adapters.discord.clicks import on_answer
from adapters.discord.replies import answers, in_full
from adapters.discord.text import LONGEST_CONTENT
from adapters.discord.views import question_form, typed_question
from bot.chat.commands import MAX_QUESTION, AskNext, ShareAnswer, ShowAnswer
from bot.models import Answer, AnswerKind, AnswerView, Claim, PaperId, Reply, TextSource
from bot.words import words_for
from tests.fakes.discord_contract import Contract
from tests.fakes.discord_errors import Form
from tests.fakes.discord_limits import check_components, check_message
from tests.fakes.discord_model import MessageFlag, flattened
from tests.support import asked
from tests.support.digests import hostile, urls
from tests.support.discord_reading import read

JA, EN = words_for("ja"), words_for("en")
KEY = "0123456789abcdef0123"
EVERY = (asked.reading, asked.growing, asked.view, asked.not_said, asked.partial, asked.compared)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


def body(view: AnswerView, *, share: bool = True) -> Json:
    (one,) = answers(Reply("ja", "UTC", answer=view), share=share)
    return one.body


def is_taken(contract: Contract, sent: Json) -> None:
    check_message(sent, MessageFlag(sent.get("flags", 0)))
    contract.check("POST", "/channels/1/messages", {**sent, "nonce": "n", "enforce_nonce": True})
    assert contract.findings == []
    assert units(sent.get("content", "")) <= LONGEST_CONTENT
    assert sizes.length(sent.get("embeds", ())) <= sizes.TOTAL
    assert all(units(one.get("description", "")) <= sizes.DESCRIPTION for one in sent.get("embeds", ()))


def shown(sent: Json) -> tuple[str, list[str], list[str]]:
    """Return the text, the links and what is alive in a message."""
    sources = [sent.get("content", "")]
    sources += [one.get(part, "") for one in sent.get("embeds", ()) for part in ("title", "description")]
    found = [read(source) for source in sources]
    return (
        "\n".join(one.text for one in found),
        [link for one in found for link in one.links],
        [thing for one in found for thing in one.alive],
    )


def labels(sent: Json) -> list[str]:
    return [one["label"] for one in flattened(sent["components"]) if "label" in one]


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_statement_has_a_number_and_its_quotations_stand_below(language: str) -> None:
    said, proof = body(asked.view(language))["embeds"]
    for number, (statement, (sentence, section)) in enumerate(
        zip(asked.STATED[language], asked.SENTENCES, strict=True), 1
    ):
        assert f"{number}. {statement}" in read(said["description"]).text
        (line,) = [one for one in read(proof["description"]).text.split("\n") if sentence in one]
        assert str(number) in line.partition(sentence)[0]
        assert section in line
    assert read(proof["description"]).links == [
        f"https://arxiv.org/html/2602.00001v1#S{number}.p2" for number in (1, 2, 3)
    ]
    assert read(said["title"]).text == asked.QUESTIONS[language]


def test_a_quotation_of_two_statements_stands_once() -> None:
    proof = read(body(asked.view())["embeds"][1]["description"]).text
    assert proof.count(asked.SENTENCES[0][0]) == 1
    assert "1、2 「" in proof


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_state_is_taken_and_says_something(contract: Contract, make: type, language: str) -> None:
    view = make(language)
    sent = body(view)
    is_taken(contract, sent)
    text, links, alive = shown(sent)
    assert all(link.startswith("https://arxiv.org/") for link in links)
    assert alive == []
    assert "TideCache" in text


def test_a_paper_that_does_not_say_has_no_proof() -> None:
    sent = body(asked.not_said("en"))
    assert len(sent["embeds"]) == 1
    assert "The paper does not say." in sent["embeds"][0]["description"]


def test_what_is_missing_is_said() -> None:
    text, _, _ = shown(body(asked.partial("en")))
    assert "2 statements were left out" in text
    assert "The answer is incomplete" in text


def test_each_statement_and_quotation_names_its_paper_where_there_are_two() -> None:
    said, proof = (read(one["description"]).text for one in body(asked.compared("en"))["embeds"])
    assert "(About 2602.00001)" in said
    assert "(About 2602.00002)" in said
    assert "2602.00002 · Section" in proof


# --- limits -------------------------------------------------------------------------------------


def long_view(statements: int, quotations: int, length: int) -> AnswerView:
    claims = tuple(
        Claim(
            f"Statement {number} " + "s" * length,
            tuple(
                replace(asked.quotation(one), text=f"Quotation {number}.{one} " + "q" * length)
                for one in range(quotations)
            ),
        )
        for number in range(1, statements + 1)
    )
    return asked.view("en", Answer(AnswerKind.ANSWERED, claims, sources=(TextSource.HTML,)))


@pytest.mark.parametrize(("statements", "quotations", "length"), [(30, 3, 20), (12, 3, 590), (2, 2, 5000), (90, 1, 9)])
def test_a_long_answer_fits_and_what_it_shows_is_proved(
    contract: Contract, statements: int, quotations: int, length: int
) -> None:
    view = long_view(statements, quotations, length)
    sent = body(view)
    is_taken(contract, sent)
    said, proof = (read(one["description"]).text for one in sent["embeds"])
    numbers = {int(one) for one in re.findall(r"^(\d+)\. ", said, re.MULTILINE)}
    assert numbers == set(range(1, len(numbers) + 1))
    assert {int(one) for one in re.findall(r"^(\d+) “Quotation", proof, re.MULTILINE)} == numbers
    assert (f"{statements - len(numbers)} more statement" in said) == (len(numbers) < statements)
    assert "Full quotations" in labels(sent)


@pytest.mark.parametrize("make", EVERY)
def test_what_fits_needs_no_other_view(make: type) -> None:
    assert "Full quotations" not in labels(body(make("en")))


def test_the_other_view_has_every_quotation_whole(contract: Contract) -> None:
    pages = [one.body for one in in_full(Reply("en", "UTC", answer=long_view(12, 3, 300)))]
    for page in pages:
        is_taken(contract, page)
    text = "\n".join(read(page["content"]).text for page in pages)
    found = re.findall(r"Quotation (\d+)\.(\d) q{300}”", text)
    assert len(found) == len({*found})
    assert len(found) >= 20
    assert found[:3] == [("1", "0"), ("1", "1"), ("1", "2")]


# --- hostile text -------------------------------------------------------------------------------


def hostile_view(text: str, url: str) -> AnswerView:
    quoted = replace(asked.quotation(0), text=text, section=text, url=url)
    claims = (Claim(text, (quoted, replace(quoted, url="https://arxiv.org/html/1#S1"))), Claim(text))
    paper = replace(asked.TIDE, title=text, url=url, arxiv_id=None)
    answer = Answer(AnswerKind.ANSWERED, claims, 1, partial=True, next_questions=(text, "?"), sources=(TextSource.PDF,))
    return replace(asked.view("en", answer), question=text, papers=(paper,))


@given(hostile | hostile.map(lambda text: text * 200), urls)
@settings(max_examples=40)
def test_whatever_an_answer_says_discord_takes_it(contract: Contract, text: str, url: str) -> None:
    view = hostile_view(text, url)
    is_taken(contract, body(view))
    is_taken(contract, render.message(view, EN, KEY))
    for page in in_full(Reply("en", "UTC", answer=view)):
        is_taken(contract, page.body)


@pytest.mark.parametrize("attack", asked.LIVE)
def test_nothing_that_others_wrote_is_alive(attack: str) -> None:
    view = hostile_view(f"word {attack} word", "https://arxiv.org/abs/1")
    sents = [body(view), render.message(view, EN, KEY), *(one.body for one in in_full(Reply("en", "", answer=view)))]
    for sent in sents:
        _, links, alive = shown(sent)
        assert alive == []
        assert all(link.startswith("https://arxiv.org/") for link in links)
        assert sent["allowed_mentions"] == {"parse": []}


def test_an_address_that_is_no_link_is_text() -> None:
    _, links, _ = shown(body(hostile_view("text", "javascript:alert(1)")))
    assert links == ["https://arxiv.org/html/1#S1"]


# --- buttons ------------------------------------------------------------------------------------


def clicks(sent: Json) -> list[object]:
    found = (click_of(one["custom_id"]) for one in flattened(sent["components"]) if "custom_id" in one)
    return [on_answer(one, ()) or one.action for one in found if one]


def test_buttons_follow_the_state() -> None:
    turn = asked.TURN
    assert clicks(body(asked.reading())) == [Action.CANCEL]
    assert clicks(body(asked.growing())) == [Action.CANCEL]
    assert clicks(body(asked.view())) == [ShareAnswer(turn), AskNext(turn, 0), AskNext(turn, 1)]
    assert clicks(body(asked.view(), share=False)) == [AskNext(turn, 0), AskNext(turn, 1)]
    assert ShowAnswer(turn) in clicks(body(long_view(12, 3, 590)))


@pytest.mark.parametrize("view", [asked.view(), asked.partial(), long_view(12, 3, 590)])
def test_a_shared_answer_carries_its_key(contract: Contract, view: AnswerView) -> None:
    sent = render.message(view, JA, KEY)
    is_taken(contract, sent)
    assert keys_of(sent["components"]) == {KEY}


def test_a_question_to_ask_next_is_cut_to_a_label() -> None:
    answer = Answer(AnswerKind.NOT_SAID, next_questions=("長い質問" * 40,))
    (label,) = labels(body(asked.view("ja", answer), share=False))
    assert units(label) == 80


# --- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_is_taken_and_read_back(language: str) -> None:
    made = question_form(PaperId.arxiv("2602.00001"), words_for(language))
    check_components(form := Form(), made["components"], ("data", "components"))
    form.refuse()
    (field,) = [one for one in flattened(made["components"]) if one["type"] == 4]
    assert field["max_length"] == MAX_QUESTION
    filled = {"components": [{"type": 18, "component": {"custom_id": field["custom_id"], "value": "なぜ？"}}]}
    assert typed_question(filled) == "なぜ？"
    assert typed_question({}) == ""
    click = click_of(made["custom_id"])
    assert click
    assert (click.action, click.paper) == (Action.ASK, PaperId.arxiv("2602.00001"))


def test_the_embeds_of_a_question_are_at_most_two() -> None:
    assert all(len(questions.embeds(make("en"), EN)) <= 2 for make in EVERY)
