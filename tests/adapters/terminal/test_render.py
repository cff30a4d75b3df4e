"""What a person at a terminal sees, and what hostile text cannot do to it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from adapters.terminal import render
from adapters.terminal.render import Line, Mark
from adapters.terminal.wrap import Wrapped, wrap
from bot.models import EmptyReason, Excerpt, Origin, PaperDetails, PaperId, SourceName
from bot.words import words_for
from tests.support.digests import (
    EXCERPT,
    UNVERIFIED,
    brief,
    detailed,
    hostile,
    make_digest,
    make_paper,
    two_entries,
    urls,
)

JA, EN = words_for("ja"), words_for("en")
TOKYO = ZoneInfo("Asia/Tokyo")
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^;]*;(?P<target>[^\x1b]*)\x1b\\")


LINK = (
    "https://discord.com/oauth2/authorize?client_id=1234567890123456789&scope=bot+applications.commands&permissions=1"
)


def shown(what: RenderableType, width: int = 72, **settings: bool) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, **settings)  # type: ignore[arg-type]  # all are booleans
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_digest_in_japanese() -> None:
    assert shown(render.digest(two_entries(), JA, TOKYO)) == (
        "瓦版 2026年2月27日金曜日\n"
        "2026年2月27日 7:00（Asia/Tokyo）までの論文から選びました。\n"
        "未掲載の論文1,214本を調べました。情報源: arXiv 180本、Hugging Face 30本\n"
        "（一部のみ: タイムアウト）、Semantic Scholar 取得失敗（利用制限）。読み\n"
        "取れない項目3件は除外しました。1本には照合済みの要約がありません。\n"
        "\n"
        "1. A Title\n"
        "   Ada Inkwell, Len Printwright\n"
        "   2026-02-20 · arXiv、Hugging Face · arXiv:2602.00001\n"
        "   https://arxiv.org/abs/2602.00001\n"
        "   見出しの一行\n"
        "   一文目である。二文目である。三文目である。\n"
        "   選んだ理由: Hugging Faceで128票（同じ日の論文の97%を上回る）、キー\n"
        "   ワード「agents」\n"
        "\n"
        "2. A Title\n"
        "   Ada Inkwell, Len Printwright\n"
        "   2026-02-20 · arXiv、Hugging Face · arXiv:2602.00001\n"
        "   https://arxiv.org/abs/2602.00001\n"
        "   照合済みの要約がありません（照合で不合格: 原文にない数値）。\n"
        "   Semantic ScholarのTL;DR（英語、原文のまま）\n"
        "   We do one thing well.\n"
        "   選んだ理由: 視野を広げるための一本（人気順とは別枠）\n"
    )


def test_a_digest_in_english_speaks_english() -> None:
    text = shown(render.digest(two_entries(), EN, TOKYO))

    assert text.startswith("Kawaraban, Friday, February 27, 2026\n")
    assert "Why: 128 upvotes on Hugging Face" in text
    assert "TL;DR by Semantic Scholar (English, unchanged)" in text


def test_a_day_without_papers_says_why() -> None:
    text = shown(render.digest(make_digest(empty=EmptyReason.WEEKEND), JA, TOKYO))

    assert text.endswith("\n\nこの日の論文はありません。週末はarXivの発表がありません。\n")


def test_a_paper_in_both_styles() -> None:
    short = shown(render.paper(make_paper(), JA, summary=brief()))
    long = shown(render.paper(make_paper(), JA, summary=detailed()))
    none = shown(render.paper(replace(make_paper(), withdrawn=True), EN, excerpt=EXCERPT, failure=UNVERIFIED))

    assert "見出しの一行\n一文目である。" in short
    for heading in ("研究の目的と背景", "提案手法の概要", "主な結果と貢献", "将来の研究への示唆"):
        assert f"\n{heading}\n本文である。\n" in long
    assert "withdrawn" in none
    assert "No verified summary" in none


def test_what_is_around_a_paper_stands_below_it() -> None:
    paper = replace(make_paper(), code_url="https://github.com/ada/x", project_url="https://ada.example/x")
    details = PaperDetails(paper, (make_paper("Another\x1b[31m [b]one[/b]"),), (SourceName.SEMANTIC_SCHOLAR,))
    text = shown(render.paper(paper, EN, summary=brief(), details=details))

    assert "\nLinks\nPDF: https://arxiv.org/pdf/2602.00001\n" in text
    assert "Code: https://github.com/ada/x\n" in text
    assert "Project page: ada.example\n" in text
    assert "\nSimilar papers\n- Another [b]one[/b]\n" in text
    assert "Semantic Scholar could not be asked for similar papers." in text
    assert "No similar papers were found." in shown(render.paper(paper, EN, details=PaperDetails(paper)))
    assert "Similar papers" not in shown(render.paper(paper, EN, summary=brief()))


def test_choices_give_the_name_to_ask_by() -> None:
    other = replace(make_paper("[red]B[/red]"), id=PaperId("doi", "10.1/x"), arxiv_id=None)
    text = shown(render.choices([make_paper(), other], EN))

    assert "There are 2 matches." in text
    assert "1. A Title\n   arXiv:2602.00001 · Ada Inkwell, Len Printwright · 2026-02-20\n" in text
    assert "2. [red]B[/red]\n   doi:10.1/x" in text
    assert shown(render.choices([], JA)) == "候補はありません。\n"


def test_a_report_names_the_remedy_below_the_problem() -> None:
    lines = [Line("database", "k.db", Mark.OK), Line("key", "[b]none", Mark.PROBLEM, "set it"), Line("note", "n")]
    text = shown(render.report(lines, EN))

    assert re.search(r"database +ok +k\.db", text)
    assert re.search(r"key +problem +\[b\]none *\n +Remedy: set it", text)
    assert re.search(r"note +n", text)


@pytest.mark.parametrize("width", [30, 60, 80])
def test_a_report_cuts_nothing_off(width: int) -> None:
    text = "時計を確かめられませんでした。ネットワークにつないでもう一度試してください。"
    printed = shown(render.report([Line("clock", text, Mark.UNKNOWN)], JA), width)

    assert re.sub(r"[\sa-z]", "", printed).replace("注意", "", 1) == text


def test_into_a_pipe_nothing_is_wrapped() -> None:
    long = "要約" * 100
    assert shown(Wrapped(long, indent=3, lead="1. "), soft_wrap=True) == f"   1. {long}\n"


@given(hostile, hostile, urls)
def test_hostile_text_steers_nothing(title: str, text: str, url: str) -> None:
    paper = replace(make_paper(title, text, url), authors=(text, title))
    digest = two_entries(paper, brief(title, text), Excerpt(Origin.ABSTRACT, text))
    for what in (
        render.digest(digest, JA, TOKYO),
        render.paper(paper, EN, summary=detailed(text, text)),
        render.choices([paper], EN),
        render.report([Line(title, text, Mark.PROBLEM, text)], EN),
    ):
        printed = shown(what, force_terminal=True)
        for sequence in OURS.finditer(printed):
            assert re.match(r"(?:https?://|$)", sequence["target"] or "")
            assert "evil" not in (sequence["target"] or "")
        rest = OURS.sub("", printed)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", rest)


def test_markup_in_a_title_is_text() -> None:
    assert "[bold]x[/] [link=http://evil.example]y" in shown(
        render.paper(make_paper("[bold]x[/] [link=http://evil.example]y"), EN)
    )


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("a b", 10, ["a b"]),
        ("aaa bbb ccc", 7, ["aaa bbb", "ccc"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("要約を検査する。", 8, ["要約を検", "査する。"]),
        ("要約を検査。", 10, ["要約を検", "査。"]),
        ("これは「要約」だ", 8, ["これは", "「要約」", "だ"]),
        ("情報源はHugging Faceだ", 12, ["情報源は", "Hugging Face", "だ"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("要", 1, ["要"]),
    ],
)
def test_lines_break_where_each_script_allows(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(st.text(st.sampled_from("ab 漢字、。「」（ー\u0301\n"), max_size=40), st.integers(2, 12))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(cell_len(line) <= width for line in lines)


def test_wrapping_a_very_long_word_takes_no_long_time() -> None:
    assert len(wrap("x" * 200_000, 80)) == 2_500


@pytest.mark.parametrize("width", [20, 80, 120])
@pytest.mark.parametrize("wraps", [True, False], ids=["terminal", "pipe"])
def test_a_link_of_a_report_stands_whole_on_a_line_of_its_own(width: int, wraps: bool) -> None:
    terminal = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=not wraps)
    terminal.print(render.report([Line("Discord", "Invite the bot:", Mark.OK, link=LINK)], EN), crop=False)
    assert isinstance(terminal.file, io.StringIO)

    assert terminal.file.getvalue().splitlines()[-1] == LINK


def test_an_address_within_a_text_is_not_broken_up() -> None:
    assert wrap(f"Open {LINK} now", 40) == ["Open", LINK, "now"]
    assert wrap(f"こちら：{LINK}", 40) == ["こちら：", LINK]


def test_a_long_name_does_not_squeeze_the_text() -> None:
    lines = shown(render.report([Line("slack:T00000001:" + "C" * 60, "next at noon")], EN), 72).splitlines()

    assert lines[1] == "    next at noon"
