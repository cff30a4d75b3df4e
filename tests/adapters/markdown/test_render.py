"""Markdown that others render: its form, and that no text from outside becomes anything but text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.markdown import escape, render
from bot.models import EmptyReason, Excerpt, Origin, PaperId
from bot.words import plain, words_for
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
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[Token]:
    """All tokens, those inside lines included."""
    return [inner for outer in MARKDOWN.parse(markdown) for inner in [outer, *(outer.children or ())]]


def structure(markdown: str) -> list[str]:
    """What the text is made of, whatever it says; the same text on more lines or paragraphs is the same."""
    text = ("text", "softbreak", "inline", "paragraph_open")
    return [token.type for token in tokens(markdown) if token.type not in text and token.nesting >= 0]


def words_of(markdown: str) -> str:
    text = "".join(token.content if token.type == "text" else "\n" for token in tokens(markdown) if not token.children)
    return "".join(text.split())


def test_a_digest() -> None:
    assert render.digest(two_entries(), JA) == (
        "# 瓦版 2026年2月27日金曜日\n"
        "\n"
        "未掲載の論文1,214本を調べました。情報源: arXiv 180本、Hugging Face 30本（一部取得できず: 時間切れ）、"
        "Semantic Scholar 取得失敗（利用制限）。読めなかった項目3件は除きました。1本は要約を確認できていません。\n"
        "\n"
        "## 1. [A Title](https://arxiv.org/abs/2602.00001)\n"
        "\n"
        "- **著者**: Ada Inkwell, Len Printwright\n"
        "- **公開日**: 2026-02-20\n"
        "- **ソース**: arXiv、Hugging Face\n"
        "- **arXiv ID**: 2602.00001\n"
        "\n"
        "**見出しの一行**\n"
        "\n"
        "一文目である。二文目である。三文目である。\n"
        "\n"
        "選んだ理由: Hugging Faceで128票（同じ日の論文の97%を上回る）、キーワード「agents」\n"
        "\n"
        "<details>\n"
        "<summary>原文Abstract</summary>\n"
        "\n"
        "An abstract.\n"
        "\n"
        "</details>\n"
        "\n"
        "## 2. [A Title](https://arxiv.org/abs/2602.00001)\n"
        "\n"
        "- **著者**: Ada Inkwell, Len Printwright\n"
        "- **公開日**: 2026-02-20\n"
        "- **ソース**: arXiv、Hugging Face\n"
        "- **arXiv ID**: 2602.00001\n"
        "\n"
        "要約を確認できませんでした（検査に通らなかった: 原文にない数値）。\n"
        "\n"
        "**Semantic ScholarのTL;DR（英語、原文のまま）**:\n"
        "We do one thing well.\n"
        "\n"
        "選んだ理由: 人気とは別に視野を広げる一本\n"
        "\n"
        "<details>\n"
        "<summary>原文Abstract</summary>\n"
        "\n"
        "An abstract.\n"
        "\n"
        "</details>\n"
    )


def test_a_day_without_papers_says_why() -> None:
    assert "arXiv announces none at the weekend" in render.digest(make_digest(empty=EmptyReason.WEEKEND), EN)


def test_the_detailed_form_in_japanese() -> None:
    assert render.paper(make_paper(), JA, summary=detailed("一段落目。\n\n二段落目。")) == (
        "## [A Title](http://arxiv.org/abs/2602.00001)\n"
        "\n"
        "**アブストラクト**:\n"
        "一段落目。\n"
        "\n"
        "二段落目。\n"
        "\n"
        "**要約**:\n"
        "1. 研究の目的と背景  \n"
        "本文である。\n"
        "\n"
        "2. 提案手法の概要  \n"
        "本文である。\n"
        "\n"
        "3. 主な結果と貢献  \n"
        "本文である。\n"
        "\n"
        "4. 将来の研究への示唆  \n"
        "本文である。\n"
    )


def test_the_detailed_form_in_english() -> None:
    text = render.paper(make_paper(), EN, summary=detailed("The abstract.", "The text."))

    assert "**Abstract**:\nThe abstract.\n\n**Summary**:\n1. Purpose and background  \nThe text.\n\n2. Proposed" in text


def test_the_detailed_form_is_that_of_the_recorded_one(shared: Path) -> None:
    """Between the texts stand the same bytes; bold type within the recorded texts aside."""
    recorded = (shared / "seeds" / "arxiv-yoyaku-2025-06-24.md").read_text(encoding="utf-8").replace("**", "")
    block = next(block for block in recorded.split("\n---\n") if "2506.16054" in block).lstrip("\n")
    form = render.paper(make_paper("TITLE"), JA, summary=detailed("ABSTRACT", "SECTION")).replace("**", "")
    pattern = re.sub("TITLE|ABSTRACT|SECTION", "(.+)", re.escape(form.replace("2602.00001", "2506.16054v1")))

    assert re.fullmatch(pattern, block, re.DOTALL)


def test_a_paper_without_a_detailed_summary() -> None:
    other = replace(make_paper(), arxiv_id=None, id=PaperId("doi", "10.1/x"), url="https://doi.example/10.1/x")

    assert render.paper(other, EN, summary=brief("Head.", "Text.")) == (
        "## [A Title](https://doi.example/10.1/x)\n\n- **Authors**: Ada Inkwell, Len Printwright\n"
        "- **Published**: 2026-02-20\n- **Sources**: arXiv, Hugging Face\n\n**Head.**\n\nText.\n"
    )
    honest = render.paper(replace(other, withdrawn=True, title=" "), EN, excerpt=EXCERPT, failure=UNVERIFIED)
    assert honest.startswith("## [(untitled)](")
    assert "withdrawn" in honest
    assert "could not be verified" in honest
    assert "unchanged)**:\nWe do one thing well.\n" in honest


@pytest.mark.parametrize(
    "prose",
    [
        "Plain prose, with 97% (or 1.87times) of it: a/b, c+d, e-f; “quoted” – and dashes.",
        "snake_case stays, 5 * 3 stays, x < 5 and <5% stay, AT&T stays, ~20% stays, [1] stays.",
        "線形アテンション（linear attention）は「1.87倍」速い。A_i、$x_1$ と C# も。",
        "Costs $O(n^2)$, email a@b.example, https://ok.example/a_b?c=d#e",
        "1.5B parameters\n2025 was a year\n-5 degrees\n#1 in its class\n+3 points",
        "　段落の字下げ",
    ],
)
def test_ordinary_text_stays_as_it_is(prose: str) -> None:
    assert escape.text(prose) == prose


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("**bold** and _it_", r"\*\*bold\*\* and \_it\_"),
        ("a\\b \\% \\", "a\\b \\\\% \\\\"),
        ("# h\n## h\n> q\n>q", "\\# h\n#\\# h\n\\> q\n\\>q"),
        ("- a\n* b\n+ c\n1. d\n22) e", "\\- a\n\\* b\n\\+ c\n1\\. d\n22\\) e"),
        ("---\n===\n___\n|-|-|", "\\---\n\\===\n\\_\\_\\_\n\\|-|-|"),
        ("<b> &amp; &#60; </b> <!-- x", "&lt;b> &amp;amp; &amp;#60; &lt;/b> &lt;!-- x"),
        ("[a](b) [c][d]\n[e]: f", "[a\\](b) [c\\][d]\n[e\\]: f"),
        ("`x` ~~y~~ Table~1", r"\`x\` \~\~y\~\~ Table\~1"),
        ("    code\n\tcode\n\n\n\nend  \nx", "code\ncode\n\nend\nx"),
    ],
)
def test_what_could_be_markup_is_escaped(raw: str, escaped: str) -> None:
    assert escape.text(raw) == escaped


@given(hostile)
@example("[a\nb]: /x")
@example("a\n===\nb")
@example("| a |\n|---|")
@example("*a_*b_")
@example("\\\\[x](y)")
@example("[x]\n(y)")
@example("&\\#60;")
def test_any_text_is_paragraphs_of_that_very_text(raw: str) -> None:
    made = escape.text(raw)

    kinds = {token.type for token in tokens(made)}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}
    assert words_of(made) == "".join(plain(raw).split())
    assert not re.search(r"<[A-Za-z/!?]", made)


@given(hostile, urls)
@example("[a]", "https://a.example")
@example("a\\", "https://a.example")
@example("![a](b)", "https://a.example")
def test_a_link_is_one_link_or_none(label: str, url: str) -> None:
    made = escape.link(label, url)

    links = [token for token in tokens(made) if token.type == "link_open"]
    assert all(str(link.attrs["href"]).lower().startswith(("http://", "https://")) for link in links)
    if made.startswith("[") and links:
        assert len(links) == 1
    assert {token.type for token in tokens(made)} <= {
        "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "link_open", "link_close",
    }  # fmt: skip
    assert words_of(made) == "".join(plain(label).split())


def test_links_lead_to_the_web_alone() -> None:
    assert escape.link("t", "javascript:alert(1)") == "t"
    assert escape.link("t", "https://user:secret@a.example/") == "t"
    assert escape.link("t", "https://a.example/(x)?a=1&copy;=2") == "[t](https://a.example/%28x%29?a=1&amp;copy;=2)"


@given(hostile, hostile)
def test_hostile_text_changes_no_structure(title: str, text: str) -> None:
    title, text = f"t{title}", f"t{text}"
    paper = replace(make_paper(title, text), authors=(f"a{title}", f"b{text}"))
    excerpt = Excerpt(Origin.ABSTRACT, text)

    assert structure(render.digest(two_entries(paper, brief(title, text), excerpt), JA)) == structure(
        render.digest(two_entries(summary=brief(), excerpt=EXCERPT), JA)
    )
    assert structure(render.paper(paper, EN, summary=detailed("a", "b"))) == structure(
        render.paper(make_paper(), EN, summary=detailed())
    )


def test_a_models_bold_stays_bold_and_hides_nothing() -> None:
    assert escape.text("新手法**PARO**は**1.9倍**速い。", bold=True) == "新手法**PARO**は**1.9倍**速い。"
    assert "<" not in escape.text("**<script>**", bold=True)
    assert escape.text("**[a](b)** ** open", bold=True).startswith("\\*\\*")
    assert escape.text("**PARO**") == "\\*\\*PARO\\*\\*"
