"""Values put into sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import (
    DigestStatus,
    EmptyReason,
    Entry,
    Excerpt,
    Failure,
    Finding,
    FindingKind,
    Origin,
    Reason,
    ReasonKind,
    SourceName,
    SourceReport,
    end_of_day,
)
from bot.words import sentences, words_for
from tests.support.digests import UNVERIFIED, hostile, make_digest, make_paper, two_entries

JA, EN = words_for("ja"), words_for("en")


def test_the_status_line_tells_the_whole_truth() -> None:
    digest = two_entries()

    assert sentences.status_line(JA, digest) == (
        "未掲載の論文1,214本を調べました。情報源: arXiv 180本、Hugging Face 30本（一部のみ: タイムアウト）、"
        "Semantic Scholar 取得失敗（利用制限）。読み取れない項目3件は除外しました。1本には照合済みの要約がありません。"
    )
    assert sentences.status_line(EN, digest) == (
        "Looked at 1,214 papers not shown before. "
        "Sources: arXiv 180 papers, Hugging Face 30 papers (partial: timed out), "
        "Semantic Scholar failed (rate limited). 3 unreadable items were skipped. "
        "1 paper has no verified summary."
    )


def test_a_whole_day_of_utc_is_said_in_plain_words() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    digest = replace(make_digest(), date=date(2026, 2, 27), due_at=end_of_day(date(2026, 2, 27)))

    assert sentences.due(EN, digest, tokyo) == (
        "Chosen from papers up to the end of February 27, 2026 in UTC,"
        " which is February 28, 2026, 9:00 AM (Asia/Tokyo)."
    )
    assert sentences.due(JA, digest, tokyo) == (
        "UTCで2026年2月27日が終わるまで、つまり2026年2月28日 9:00（Asia/Tokyo）までの論文から選びました。"
    )
    morning = replace(digest, due_at=datetime(2026, 2, 26, 22, tzinfo=UTC))
    assert sentences.due(EN, morning, tokyo) == "Chosen from papers up to February 27, 2026, 7:00 AM (Asia/Tokyo)."
    assert sentences.due(EN, replace(morning, due_at=digest.due_at, date=date(2026, 2, 28)), tokyo) == (
        "Chosen from papers up to February 28, 2026, 8:59 AM (Asia/Tokyo)."
    )


def test_the_status_line_of_a_good_day_has_no_more_than_it_needs() -> None:
    good = replace(make_digest(), status=DigestStatus(1, (SourceReport(SourceName.ARXIV, 1),)))

    assert sentences.status_line(EN, good) == "Looked at 1 paper not shown before. Sources: arXiv 1 paper."
    assert sentences.status_line(EN, replace(good, status=DigestStatus(0))) == "Looked at 0 papers not shown before."


@pytest.mark.parametrize(
    ("report", "ja", "en"),
    [
        (
            SourceReport(SourceName.ARXIV, 812, missing=188),
            "arXiv 約1,000本のうち812本",
            "arXiv 812 of about 1,000 papers",
        ),
        (
            SourceReport(SourceName.ARXIV, 500, error="source.status", missing=3_500),
            "arXiv 約4,000本のうち500本（エラー応答）",
            "arXiv 500 of about 4,000 papers (error response)",
        ),
    ],
)
def test_a_source_that_left_papers_out_is_named(report: SourceReport, ja: str, en: str) -> None:
    partial = replace(make_digest(), status=DigestStatus(1, (report,)))

    assert ja in sentences.status_line(JA, partial)
    assert en in sentences.status_line(EN, partial)
    nothing = replace(partial, entries=(), empty=EmptyReason.SOURCES_FAILED)
    assert en in sentences.empty(EN, nothing)


@pytest.mark.parametrize(
    ("reason", "ja", "en"),
    [
        (
            Reason(ReasonKind.UPVOTES, value=128, share=0.976),
            "Hugging Faceで128票（同じ日の論文の97%を上回る）",
            "128 upvotes on Hugging Face (more than 97% of that day's papers)",
        ),
        (Reason(ReasonKind.UPVOTES, value=1), "Hugging Faceで1票", "1 upvote on Hugging Face"),
        (Reason(ReasonKind.VELOCITY, value=12.4), "1日12票のペースで増加中", "gaining 12 upvotes a day"),
        (Reason(ReasonKind.CITATIONS, value=3), "引用3件", "3 citations"),
        (Reason(ReasonKind.TOPIC, "cs.CL"), "購読分野 cs.CL", "topic cs.CL"),
        (Reason(ReasonKind.KEYWORD, "agents"), "キーワード「agents」", "keyword “agents”"),
        (Reason(ReasonKind.AUTHOR, "Ada Inkwell"), "著者 Ada Inkwell", "by Ada Inkwell"),
        (Reason(ReasonKind.SEVERAL_SOURCES), "複数の情報源に掲載", "listed by several sources"),
        (Reason(ReasonKind.FRESH, value=0.4), "発表されたばかり", "just announced"),
        (
            Reason(ReasonKind.EXPLORE),
            "視野を広げるための一本（人気順とは別枠）",
            "a pick from beyond the popular papers",
        ),
        (
            Reason(ReasonKind.UPVOTES, value=float("nan"), share=float("nan")),
            "Hugging Faceで0票",
            "0 upvotes on Hugging Face",
        ),
    ],
)
def test_reasons(reason: Reason, ja: str, en: str) -> None:
    assert (sentences.reason(JA, reason), sentences.reason(EN, reason)) == (ja, en)


def test_why_is_one_labelled_line() -> None:
    reasons = (Reason(ReasonKind.KEYWORD, "agents"), Reason(ReasonKind.EXPLORE))

    assert sentences.why(JA, reasons) == "選んだ理由: キーワード「agents」、視野を広げるための一本（人気順とは別枠）"
    assert sentences.why(EN, reasons) == "Why: keyword “agents”, a pick from beyond the popular papers"
    assert sentences.why(JA, ()) == ""


@pytest.mark.parametrize(
    ("empty", "holiday", "ja", "en"),
    [
        (EmptyReason.WEEKEND, "", "週末", "weekend"),
        (EmptyReason.HOLIDAY, "Thanksgiving Day", "休業日（感謝祭）", "a holiday (Thanksgiving Day)"),
        (EmptyReason.HOLIDAY, "Some\nNew Day", "休業日（Some New Day）", "a holiday (Some New Day)"),
        (EmptyReason.ALL_SHOWN, "", "掲載済み", "shown before"),
        (
            EmptyReason.SOURCES_FAILED,
            "",
            "Hugging Face 30本（一部のみ: タイムアウト）、Semantic Scholar 取得失敗（利用制限）",
            "Semantic Scholar failed (rate limited)",
        ),
        (EmptyReason.HOLIDAY, "", "この日の論文はありません。", "No papers for this day."),
        (None, "", "この日の論文はありません。", "No papers for this day."),
    ],
)
def test_a_day_without_papers_says_why(empty: EmptyReason | None, holiday: str, ja: str, en: str) -> None:
    digest = make_digest(empty=empty, holiday=holiday)

    assert ja in sentences.empty(JA, digest)
    assert en in sentences.empty(EN, digest)


def test_a_day_with_papers_has_nothing_to_explain() -> None:
    assert sentences.empty(JA, two_entries()) == ""


def test_failed_sources_that_are_not_known_are_not_invented() -> None:
    digest = replace(make_digest(empty=EmptyReason.SOURCES_FAILED), status=DigestStatus(0))

    assert sentences.empty(EN, digest) == "No papers for this day."


@pytest.mark.parametrize(
    ("failure", "ja", "en"),
    [
        (
            Failure("model.no_key"),
            "要約はありません（モデルなしで運用中）。",
            "There is no summary (the bot runs without a model).",
        ),
        (
            UNVERIFIED,
            "照合済みの要約がありません（照合で不合格: 原文にない数値）。",
            "No verified summary (it failed the check: a number not in the source).",
        ),
        (
            Failure("future.code"),
            "照合済みの要約がありません（future.code）。",
            "No verified summary (future.code).",
        ),
    ],
)
def test_the_honest_line(failure: Failure, ja: str, en: str) -> None:
    assert (sentences.failure(JA, failure), sentences.failure(EN, failure)) == (ja, en)


def test_the_honest_line_never_repeats_what_was_found() -> None:
    injected = Failure("summary.unverified", (Finding(FindingKind.LINK, "http://evil.example"),))

    assert "evil" not in sentences.failure(JA, injected) + sentences.failure(EN, injected)


def test_a_finding_quotes_the_piece_on_one_line() -> None:
    assert sentences.finding(JA, Finding(FindingKind.NUMBER, "47.3%")) == "原文にない数値「47.3%」"
    assert sentences.finding(EN, Finding(FindingKind.EMPTY, "")) == "no text"
    long = sentences.finding(EN, Finding(FindingKind.UNTRANSLATED, "a\nb\x1b[2J" + "x" * 500))
    assert long.startswith("untranslated text: “a bx")
    assert len(long) < 120


@pytest.mark.parametrize(
    ("excerpt", "ja", "en"),
    [
        (
            Excerpt(Origin.TLDR, "x"),
            "Semantic ScholarのTL;DR（英語、原文のまま）",
            "TL;DR by Semantic Scholar (English, unchanged)",
        ),
        (
            Excerpt(Origin.ABSTRACT, "x", "de"),
            "アブストラクトの冒頭（ドイツ語、原文のまま）",
            "Opening of the abstract (German, unchanged)",
        ),
    ],
)
def test_an_excerpt_names_its_origin_and_language(excerpt: Excerpt, ja: str, en: str) -> None:
    assert (sentences.excerpt_label(JA, excerpt), sentences.excerpt_label(EN, excerpt)) == (ja, en)


@given(
    hostile,
    st.sampled_from(ReasonKind),
    st.floats(),
    st.floats(),
    st.sampled_from(FindingKind),
    st.integers(-(10**9), 10**30),
)
def test_no_value_breaks_a_sentence(
    text: str, kind: ReasonKind, value: float, share: float, found: FindingKind, n: int
) -> None:
    entry = Entry(1, make_paper(text, text), value, (Reason(kind, text, value, share),), failure=Failure(text))
    digest = make_digest(entry, empty=EmptyReason.HOLIDAY, holiday=text)
    for words in (JA, EN):
        said = [
            sentences.status_line(words, digest),
            sentences.why(words, entry.reasons),
            sentences.failure(words, Failure(text, (Finding(found, text),))),
            sentences.finding(words, Finding(found, text)),
            sentences.empty(words, make_digest(empty=EmptyReason.HOLIDAY, holiday=text)),
            words.count("digest.status.looked_at", n),
        ]
        assert "\n" not in "".join(said)
        assert "\x1b" not in "".join(said)
        "".join(said).encode()
