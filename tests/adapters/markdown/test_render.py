"""Markdown that others render: its form, and that no text from outside becomes anything but text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given

from adapters.markdown import render
from bot.models import EmptyReason, Excerpt, Origin, PaperId
from bot.words import words_for
from tests.support.commonmark import tokens
from tests.support.digests import (
    EXCERPT,
    UNVERIFIED,
    brief,
    detailed,
    hostile,
    make_digest,
    make_paper,
    two_entries,
)

JA, EN = words_for("ja"), words_for("en")


def structure(markdown: str) -> list[str]:
    """What the text is made of, whatever it says; the same text on more lines or paragraphs is the same."""
    text = ("text", "softbreak", "inline", "paragraph_open")
    return [token.type for token in tokens(markdown) if token.type not in text and token.nesting >= 0]


def test_a_digest() -> None:
    assert render.digest(two_entries(), JA) == (
        "# 瓦版 2026年2月27日金曜日\n"
        "\n"
        "未掲載の論文1,214本を調べました。情報源: arXiv 180本、Hugging Face 30本（一部のみ: タイムアウト）、"
        "Semantic Scholar 取得失敗（利用制限）。読み取れない項目3件は除外しました。"
        "1本には照合済みの要約がありません。\n"
        "\n"
        "## 1. [A Title](https://arxiv.org/abs/2602.00001)\n"
        "\n"
        "- **著者**: Ada Inkwell, Len Printwright\n"
        "- **公開日**: 2026-02-20\n"
        "- **情報源**: arXiv、Hugging Face\n"
        "- **arXiv ID**: 2602.00001\n"
        "\n"
        "**見出しの一行**\n"
        "\n"
        "一文目である。二文目である。三文目である。\n"
        "\n"
        "選んだ理由: Hugging Faceで128票（同じ日の論文の97%を上回る）、キーワード「agents」\n"
        "\n"
        "<details>\n"
        "<summary>アブストラクト（原文）</summary>\n"
        "\n"
        "An abstract.\n"
        "\n"
        "</details>\n"
        "\n"
        "## 2. [A Title](https://arxiv.org/abs/2602.00001)\n"
        "\n"
        "- **著者**: Ada Inkwell, Len Printwright\n"
        "- **公開日**: 2026-02-20\n"
        "- **情報源**: arXiv、Hugging Face\n"
        "- **arXiv ID**: 2602.00001\n"
        "\n"
        "照合済みの要約がありません（照合で不合格: 原文にない数値）。\n"
        "\n"
        "**Semantic ScholarのTL;DR（英語、原文のまま）**:\n"
        "We do one thing well.\n"
        "\n"
        "選んだ理由: 視野を広げるための一本（人気順とは別枠）\n"
        "\n"
        "<details>\n"
        "<summary>アブストラクト（原文）</summary>\n"
        "\n"
        "An abstract.\n"
        "\n"
        "</details>\n"
    )


def test_a_day_without_papers_says_why() -> None:
    assert "arXiv makes no announcements at weekends" in render.digest(make_digest(empty=EmptyReason.WEEKEND), EN)


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
    assert "No verified summary" in honest
    assert "unchanged)**:\nWe do one thing well.\n" in honest


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


def test_formulas_are_text_or_what_github_sets() -> None:
    paper = make_paper(r"A$^2$FM", r"An $\ell_1$ norm at 94.5\% for $5 to $10.")
    digest = make_digest(replace(two_entries().entries[0], paper=paper))

    read, kept = render.digest(digest, EN), render.digest(digest, EN, formulas=True)

    assert "A²FM" in read
    assert "An ℓ₁ norm at 94.5% for $5 to $10." in read
    assert r"An $`\ell_1`$ norm at 94.5% for $5 to $10." in kept
    assert "A²FM" in kept
