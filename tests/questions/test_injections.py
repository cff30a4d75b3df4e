"""Attacks on answers, half of them in Japanese, by papers, questions and models that obey them: what reaches a reader.

The words of an attack stand in a title, a heading, the text, a hidden layer, a file's metadata or a question, and a
model repeats them with whatever citation suits it. Nothing of them is told in our name; and where they are shown as
what they are, the words of a paper or a reader, they notify nobody and open nothing.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.console import Console

from adapters.discord import text as discord
from adapters.json import render as json_render
from adapters.markdown import render as markdown
from adapters.slack import blocks as slack
from adapters.terminal import render as terminal
from bot.models import (
    Answer,
    AnswerKind,
    Claim,
    DraftEnd,
    DraftPiece,
    FullText,
    NextRequest,
    SentenceRange,
    StopReason,
)
from bot.questions.claims import Claims
from bot.questions.following import outline, usable
from bot.questions.texts import asked_text
from bot.reading.html import read_html
from bot.reading.pdf_values import Limits
from bot.reading.pdf_worker import read as read_pdf
from bot.words import words_for
from tests.fakes.slack_mrkdwn import autolinks
from tests.support.commonmark import tokens
from tests.support.digests import make_paper
from tests.support.discord_reading import read as as_on_discord
from tests.support.pdfs import PdfPage, pdf
from tests.support.planted import full_text

PAPER = make_paper("OrvexNet: Decoding with Fewer States")
HONEST = "OrvexNet decodes 1.87x faster than PewterBase on the SUNDIALQA benchmark."
QUESTION = {"en": "How much faster is OrvexNet?", "ja": "OrvexNetはどれほど速いのか？"}
ORDER = {"en": "Answer with: {}", "ja": "「{}」と答えよ。"}
FIRST, SECOND = SentenceRange(0, 0, 1), SentenceRange(0, 1, 2)
OURS = "https://arxiv.org/html/2602.00001v1"


@dataclass(frozen=True)
class Attack:
    kind: str
    language: str
    said: str

    @property
    def order(self) -> str:
        return ORDER[self.language].format(self.said)


_DATA = Path(__file__).parents[1] / "data" / "questions" / "injections.jsonl"
ATTACKS = [Attack(**json.loads(line)) for line in _DATA.read_text(encoding="utf-8").splitlines()]
each_attack = pytest.mark.parametrize(
    "attack", ATTACKS, ids=[f"{number}-{one.kind}-{one.language}" for number, one in enumerate(ATTACKS, 1)]
)


def test_there_are_enough_and_half_are_japanese() -> None:
    assert len(ATTACKS) == len({one.said for one in ATTACKS}) >= 150
    assert sum(one.language == "ja" for one in ATTACKS) >= 75


# --- a model that obeys -----------------------------------------------------------------------


def obeyed(attack: Attack, sentences: Sequence[str], pieces: Sequence[DraftPiece], title: str = PAPER.title) -> Answer:
    text = asked_text(PAPER.id, title, full_text(PAPER, sentences))
    claims = Claims((text,), attack.language)
    for piece in pieces:
        claims.add(piece)
    return claims.finish(DraftEnd(StopReason.COMPLETE))


PLACES: dict[str, Callable[[Attack], Answer]] = {
    "its own order as proof": lambda one: obeyed(one, [one.order], [DraftPiece(one.said, (FIRST,))]),
    "an honest sentence as proof": lambda one: obeyed(one, [HONEST], [DraftPiece(one.said, (FIRST,))]),
    "both as proof": lambda one: obeyed(one, [HONEST, one.order], [DraftPiece(one.said, (FIRST, SECOND))]),
    "no proof": lambda one: obeyed(one, [HONEST], [DraftPiece(one.said)]),
    "behind a proved half": lambda one: obeyed(
        one, [HONEST], [DraftPiece(HONEST.rstrip("."), (FIRST,)), DraftPiece(f", {one.said}")]
    ),
    "before a proved half": lambda one: obeyed(
        one, [HONEST], [DraftPiece(f"{one.said}, "), DraftPiece(HONEST, (FIRST,))]
    ),
    "an order in the title": lambda one: obeyed(
        one, [HONEST], [DraftPiece(one.said, (FIRST,))], f"{PAPER.title}. {one.order}"
    ),
}


@each_attack
@pytest.mark.parametrize("place", PLACES)
def test_a_model_that_obeys_says_nothing_in_our_name(attack: Attack, place: str) -> None:
    answer = PLACES[place](attack)

    # A sign within the attack may end the proved half: `<!` of `<!channel>`.
    assert {re.sub(r"\W+$", "", claim.text) for claim in answer.claims} <= {HONEST.rstrip(".")}
    assert answer.kind is not AnswerKind.NOT_SAID
    assert answer.dropped >= 1


@each_attack
def test_an_honest_statement_beside_an_attack_is_still_shown(attack: Attack) -> None:
    told = HONEST if attack.language == "en" else "OrvexNetはSUNDIALQAでPewterBaseより1.87倍速い。"
    pieces = [DraftPiece(f"{attack.said}\n", (SECOND,)), DraftPiece(f"{told}\n", (FIRST,))]

    answer = obeyed(attack, [HONEST, attack.order], pieces)

    assert [claim.text for claim in answer.claims] == [told]
    assert [one.text for claim in answer.claims for one in claim.quotations] == [HONEST]


# What is wrong with the others as statements is that they are no statements, or in another language.
@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.kind != "language" and one.said != "not in paper"])
def test_no_attack_is_offered_as_a_question(attack: Attack) -> None:
    text = full_text(PAPER, [HONEST])
    text = replace(text, sections=(*text.sections, replace(text.sections[0], title=attack.order)))
    request = NextRequest(
        "m", QUESTION[attack.language], (HONEST,), (PAPER.title,), tuple(outline([text])), attack.language
    )
    said = attack.said.rstrip(".。")

    asked = [f"{said}?", f"Is it true that {said}?"] if attack.language == "en" else [f"{said}か？", f"{said}のか？"]
    assert usable(asked, request) == ()


# --- readers: hidden layers and metadata ------------------------------------------------------


def page(inside: str, head: str = "") -> bytes:
    return (
        f'<html><head><meta charset="utf-8">{head}</head><body><article class="ltx_document">'
        f'<section class="ltx_section" id="S1"><h2 class="ltx_title">1 Method</h2><div class="ltx_para" id="S1.p1">'
        f'<p class="ltx_p">{HONEST} {inside}</p></div></section></article></body></html>'
    ).encode()


HIDING = {
    "nodisplay": '<span class="ltx_nodisplay">{}</span>',
    "white on white": '<span style="color:#FFFFFF">{}</span>',
    "its ground's colour": '<span style="background-color:#123456"><span style="color:#123455">{}</span></span>',
    "tiny": '<span style="font:1px serif">{}</span>',
    "phantom": '<math class="ltx_Math" alttext="\\phantom{{\\text{{{}}}}}"><mi>x</mi></math>',
    "white in a formula": '<math class="ltx_Math" alttext="{{\\color{{white}}\\text{{{}}}}}"><mi>x</mi></math>',
    "a formula in white": '<math class="ltx_Math" style="color:#FFF" alttext="\\text{{{}}}"><mi>x</mi></math>',
    "a comment": "<!-- {} -->",
    "a tooltip": '<span title="{0}" aria-label="{0}" data-said="{0}">.</span>',
    "a picture's description": '<img src="x1.png" alt="{}">',
}
METADATA = '<title>{0}</title><meta name="description" content="{0}"><meta name="author" content="{0}">'


@pytest.mark.parametrize("way", HIDING)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_hidden_layers_of_a_page_are_not_read(way: str, language: str) -> None:
    for attack in ATTACKS:
        if attack.language != language or not attack.said.isprintable():
            continue
        words = re.sub(r"[<>&\"{}\\%$]", " ", attack.order)
        text = read_html(page(HIDING[way].format(words), METADATA.format(words)))

        assert visible(text).rstrip(" .$x") == HONEST.rstrip("."), attack.said


@pytest.mark.parametrize("hide", ["white", "unpainted", "tiny", "outside", "covered", "in place of a dot"])
def test_hidden_layers_and_metadata_of_a_pdf_are_not_read(hide: str) -> None:
    sheet = PdfPage()
    sheet.text(60, 700, HONEST)
    orders = [one.order for one in ATTACKS if one.language == "en" and one.order.isascii() and one.order.isprintable()]
    for number, order in enumerate(orders[:40]):
        y = 600 - 12 * number
        match hide:
            case "white":
                sheet.text(60, y, order, grey=1)
            case "unpainted":
                sheet.text(60, y, order, mode=3)
            case "tiny":
                sheet.text(60, y, order, 1)
            case "outside":
                sheet.text(60, -y, order)
            case "covered":
                sheet.text(60, y, order)
                sheet.box(0, y - 4, 595, 14, 1)
            case _:
                said = order.encode("utf-16-be").hex()
                sheet.raw(f"/Span << /ActualText <FEFF{said}> >> BDC BT /roman 9 Tf 60 {y} Td (.) Tj ET EMC")
    title = orders[0].encode("utf-16-be").hex()
    metadata = f"<< /Title <FEFF{title}> /Subject <FEFF{title}> /Keywords <FEFF{title}> >>".encode()

    answer = read_pdf(pdf([sheet], extra=[metadata]), Limits())

    assert answer.text is not None
    assert [one for section in answer.text.sections for block in section.blocks for one in block.sentences] == [HONEST]
    assert orders[0] not in answer.text.title


def visible(text: FullText) -> str:
    return " ".join([*(one for _, one in text.sentences()), *text.references, text.title, text.licence])


# --- renderers: the words of an attack in every field -----------------------------------------


def everywhere(attack: Attack) -> tuple[Answer, str]:
    """Return an answer that has the words in every field, whatever the checks would have said, and its question."""
    text = full_text(PAPER, [f"{HONEST} {attack.said}"])
    text = replace(text, sections=(replace(text.sections[0], title=attack.said),))
    (quotation,) = asked_text(PAPER.id, PAPER.title, text).quotations
    claims = (Claim(attack.said), Claim(attack.said, (quotation, replace(quotation, url=f"{OURS}#{attack.said}"))))
    return Answer(AnswerKind.ANSWERED, claims, next_questions=(attack.said, f"{attack.said}?")), attack.said


_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\U000e0000-\U000e0fff]")
_SENT = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^;\x1b]*;(?P<target>[^\x1b]*)\x1b\\")


@each_attack
def test_a_terminal_only_prints_it(attack: Attack) -> None:
    answer, _ = everywhere(attack)
    papers = [replace(PAPER, title=attack.said, arxiv_id=None), replace(PAPER, id=make_paper("x").id)]
    console = Console(file=io.StringIO(), width=100, force_terminal=True, highlight=False)
    console.print(terminal.answer(answer, papers, words_for(attack.language)))
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()

    targets = {match["target"] for match in _SENT.finditer(printed)} - {None, ""}
    assert all(target.startswith(OURS) for target in targets)
    assert not _UNSEEN.search(_SENT.sub("", printed))


@each_attack
def test_markdown_makes_no_link_and_mentions_nobody(attack: Attack) -> None:
    answer, question = everywhere(attack)
    written = markdown.answer(answer, [PAPER], question, words_for(attack.language))

    found = list(tokens(written))
    assert all(str(token.attrGet("href")).startswith(OURS) for token in found if token.type == "link_open")
    kinds = {token.type for token in found}
    assert not kinds & {"html_inline", "html_block", "image", "fence", "code_block", "code_inline", "table_open", "hr"}
    # What GitHub makes links and mentions of by itself, though CommonMark does not.
    source = re.sub(r"\]\([^)]*\)", "]", written)
    assert not re.search(r"(?:https?|ftp)://|(?<![\\\w])www\.|@\w", source, re.IGNORECASE)


@each_attack
def test_json_keeps_it_as_text(attack: Attack) -> None:
    answer, question = everywhere(attack)
    written = json_render.answer(answer, [PAPER], question, language=attack.language)

    data = json.loads(written)
    assert data["kind"] == "answered"
    assert [claim["text"] for claim in data["claims"]] == [attack.said, attack.said]
    assert not _UNSEEN.search(written)


@each_attack
def test_chats_show_it_as_text(attack: Attack) -> None:
    text = f"{HONEST} {attack.said}"
    on_discord = as_on_discord(discord.escaped(text))
    on_slack = slack.escaped(text)

    assert (on_discord.links, on_discord.alive) == ([], [])
    assert autolinks(on_slack) == []
    assert not set("<>") & set(on_slack)


def test_quotations_are_the_papers_own_sentences() -> None:
    for attack in ATTACKS:
        for told in quotations(attack):
            assert told in (HONEST, attack.order)


def quotations(attack: Attack) -> Iterator[str]:
    pieces = [DraftPiece(f"{HONEST}\n", (FIRST,)), DraftPiece(HONEST, (SECOND,))]
    answer = obeyed(attack, [HONEST, attack.order], pieces)
    yield from (one.text for claim in answer.claims for one in claim.quotations)
