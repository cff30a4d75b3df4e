"""What is shown of a paper and of a digest, as plain values in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given

from bot.models import (
    EmptyReason,
    Entry,
    Excerpt,
    Failure,
    Headline,
    Layout,
    Origin,
    Paper,
    PaperId,
    PaperView,
    Section,
    SectionKind,
    Style,
    Summary,
)
from bot.tex import readable
from bot.words import plain, readable_line, sentences, web_link, words_for
from bot.words.layout import (
    Button,
    ButtonKind,
    FactKind,
    PaperLayout,
    Passage,
    choice_layout,
    digest_layout,
    greeting_layout,
    headline_layout,
    paper_layout,
    published_on,
)
from tests.support.digests import (
    EXCERPT,
    LISTED,
    UNVERIFIED,
    UPVOTED,
    brief,
    detailed,
    hostile,
    make_digest,
    make_paper,
    two_entries,
    urls,
)

JA, EN = words_for("ja"), words_for("en")


def laid_out(paper: Paper, language: str = "en", style: Style = Style.BRIEF, **texts: Any) -> PaperLayout:
    return paper_layout(PaperView(paper, language, style, **texts), words_for(language))


# --- facts ------------------------------------------------------------------------------------


WHO, ARXIV = "Ada Inkwell, Len Printwright", "arXiv:2602.00001"


@pytest.mark.parametrize(
    ("language", "changes", "texts"),
    [
        ("en", {}, [WHO, "February 20, 2026", "arXiv, Hugging Face", ARXIV]),
        ("ja", {}, [WHO, "2026年2月20日", "arXiv、Hugging Face", ARXIV]),
        ("en", {"authors": ()}, ["authors unknown", "February 20, 2026", "arXiv, Hugging Face", ARXIV]),
        ("ja", {"authors": ("\u200b",)}, ["著者不明", "2026年2月20日", "arXiv、Hugging Face", ARXIV]),
        ("en", {"authors": (*"ABCDEF",), "signals": ()}, ["A, B, C, D, E et al.", "February 20, 2026", ARXIV]),
        ("ja", {"more_authors": True, "arxiv_id": None}, [f"{WHO} ほか", "2026年2月20日", "arXiv、Hugging Face"]),
        ("en", {"arxiv_id": "\x00 ", "signals": (UPVOTED,)}, [WHO, "February 20, 2026", "Hugging Face"]),
        ("ja", {"arxiv_id": "", "signals": (LISTED,)}, [WHO, "2026年2月20日", "arXiv"]),
    ],
)
def test_facts_stand_in_one_order_and_unknown_ones_are_left_out(
    language: str, changes: dict[str, Any], texts: list[str]
) -> None:
    facts = laid_out(replace(make_paper(), **changes), language).facts

    assert [fact.text for fact in facts] == texts
    assert [fact.kind for fact in facts] == [kind for kind in FactKind if kind in {fact.kind for fact in facts}]


@pytest.mark.parametrize(
    ("language", "labels"),
    [("en", ["Authors", "Published", "Sources", "arXiv ID"]), ("ja", ["著者", "公開日", "情報源", "arXiv ID"])],
)
def test_behind_a_label_a_fact_is_bare(language: str, labels: list[str]) -> None:
    facts = laid_out(make_paper(), language).facts

    assert [fact.label for fact in facts] == labels
    assert [fact.value for fact in facts if fact.kind is FactKind.PUBLISHED] == ["2026-02-20"]
    assert [fact.value for fact in facts if fact.kind is FactKind.ARXIV_ID] == ["2602.00001"]


def test_the_date_of_publication_is_in_utc() -> None:
    paper = replace(make_paper(), published=datetime.fromisoformat("2026-01-01T03:00:00+09:00"))

    assert published_on(paper) == date(2025, 12, 31)
    assert laid_out(paper).facts[1].text == "December 31, 2025"
    assert choice_layout(paper, EN).about.endswith("2025")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "arXiv:2602.00001"),
        ({"arxiv_id": None, "id": PaperId.doi("10.1/x")}, "doi:10.1/x"),
        ({"arxiv_id": None, "id": PaperId("s2", "f" * 40)}, f"s2:{'f' * 40}"),
        ({"arxiv_id": None, "id": PaperId.title("A Title")}, ""),
        ({"arxiv_id": "\u200b", "id": PaperId.doi("10.1/x")}, "doi:10.1/x"),
    ],
)
def test_a_paper_has_the_name_to_ask_for_it_by(changes: dict[str, Any], name: str) -> None:
    assert laid_out(replace(make_paper(), **changes)).name == name


@pytest.mark.parametrize(("language", "untitled"), [("en", "(untitled)"), ("ja", "（題名なし）")])
@pytest.mark.parametrize("title", ["", " \n", "\u200b", "\x00"])
def test_a_title_that_cannot_be_seen_is_none(language: str, untitled: str, title: str) -> None:
    paper = make_paper(title)

    assert laid_out(paper, language).title == untitled
    assert choice_layout(paper, words_for(language)).title == untitled


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://user:secret@a.example/", "https://a.example/ b"])
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    assert laid_out(make_paper(url=url)).link == ""


# --- texts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_withdrawn_paper_says_so(language: str) -> None:
    assert laid_out(make_paper(), language).withdrawn == ""
    shown = laid_out(replace(make_paper(), withdrawn=True), language)
    assert shown.withdrawn == words_for(language).say("paper.withdrawn")


def test_a_brief_summary_is_a_takeaway_and_a_text_without_heading() -> None:
    shown = laid_out(make_paper(), summary=brief("The\ntakeaway.", "One **bold** word.\n\nTwo.\n"))

    assert shown.takeaway == shown.lead == "The takeaway."
    assert shown.passages == (Passage("", "One bold word.\n\nTwo.", "One **bold** word.\n\nTwo."),)
    assert (shown.failure, shown.label, shown.quotation) == ("", "", "")


HEADINGS = {
    "en": [
        "Abstract",
        "Purpose and background",
        "Proposed method",
        "Main results and contributions",
        "Outlook for future research",
    ],
    "ja": ["アブストラクト", "研究の目的と背景", "提案手法の概要", "主な結果と貢献", "将来の研究への示唆"],
}


@pytest.mark.parametrize(("language", "headings"), HEADINGS.items())
def test_a_detailed_summary_is_the_abstract_and_the_sections(language: str, headings: list[str]) -> None:
    shown = laid_out(make_paper(), language, Style.DETAILED, summary=detailed("Abstract.", "Section."))

    assert [passage.heading for passage in shown.passages] == headings
    assert [passage.text for passage in shown.passages] == ["Abstract.", *["Section."] * 4]


def test_a_section_without_text_has_no_heading() -> None:
    sections = (Section(SectionKind.METHOD, "\u200b\n"), Section(SectionKind.RESULTS, "It works."))
    shown = laid_out(make_paper(), summary=Summary("en", Style.DETAILED, "", " ", sections))

    assert [passage.text for passage in shown.passages] == ["It works."]
    assert shown.takeaway == shown.lead == ""


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_a_summary_the_reason_and_somebody_elses_text_under_its_label(language: str) -> None:
    shown, words = laid_out(make_paper(), language, failure=UNVERIFIED, excerpt=EXCERPT), words_for(language)

    assert shown.failure == shown.lead == sentences.failure(words, UNVERIFIED)
    assert shown.label == sentences.excerpt_label(words, EXCERPT)
    assert shown.quotation == "We do one thing well."
    assert (shown.takeaway, shown.passages) == ("", ())


def test_a_label_never_stands_alone() -> None:
    shown = laid_out(make_paper(), failure=Failure("summary.no_text"), excerpt=Excerpt(Origin.ABSTRACT, " \u200b\n"))

    assert (shown.label, shown.quotation) == ("", "")
    assert shown.failure


def test_a_paper_without_any_text_has_none() -> None:
    shown = laid_out(make_paper())

    assert (shown.lead, shown.label, shown.quotation, shown.passages, shown.why) == ("", "", "", (), "")


def test_only_a_paper_of_a_digest_has_a_number_and_says_why() -> None:
    first, second = two_entries().entries

    assert (paper_layout(second, EN).number, laid_out(make_paper()).number) == (2, None)
    assert paper_layout(first, JA).why.startswith("選んだ理由: ")
    assert paper_layout(first, EN).why.startswith("Why: ")
    assert paper_layout(replace(first, reasons=()), EN).why == ""


# --- buttons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "style", "share", "kinds"),
    [
        ({}, Style.BRIEF, False, "details bibtex more pdf"),
        ({}, Style.DETAILED, False, "bibtex more pdf"),
        ({}, Style.BRIEF, True, "share details bibtex more pdf"),
        ({"code_url": "https://github.com/ada/x"}, Style.DETAILED, True, "share bibtex more pdf code"),
        ({"arxiv_id": None, "code_url": "javascript:alert(1)"}, Style.BRIEF, False, "details bibtex more"),
        ({"arxiv_id": "https://evil.example"}, Style.BRIEF, False, "details bibtex more"),
    ],
)
def test_a_paper_has_buttons_for_what_it_has(changes: dict[str, Any], style: Style, share: bool, kinds: str) -> None:
    view = PaperView(replace(make_paper(), **changes), "en", style)
    buttons = paper_layout(view, EN, share=share).buttons

    assert " ".join(button.kind for button in buttons) == kinds
    assert {button.style for button in buttons} == {style}
    assert {button.paper or button.address for button in buttons} <= {
        "arxiv:2602.00001", "https://arxiv.org/pdf/2602.00001", "https://github.com/ada/x",
    }  # fmt: skip
    assert all(bool(button.paper) != bool(button.address) for button in buttons)
    assert [button.kind for button in buttons if button.primary] == [ButtonKind.SHARE] * share


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ["Share", "Details", "BibTeX", "More", "PDF", "Code"]),
        ("ja", ["共有", "詳しく", "BibTeX", "関連情報", "PDF", "コード"]),
    ],
)
def test_buttons_are_labelled_and_say_of_which_paper_they_are(language: str, labels: list[str]) -> None:
    view = PaperView(replace(make_paper(), code_url="https://github.com/ada/x"), language, Style.BRIEF)
    buttons = paper_layout(view, words_for(language), share=True).buttons

    assert [button.label for button in buttons] == labels
    assert [button.spoken for button in buttons] == [f"{label}: A Title" for label in labels]


# Digits of other scripts are no part of an id.
@pytest.mark.parametrize("arxiv_id", ["2602.00001/../x", "a b", "２６02.00001", "٢٦02.00001", "2602.00001\n"])
def test_an_id_that_is_none_has_no_pdf(arxiv_id: str) -> None:
    assert replace(make_paper(), arxiv_id=arxiv_id).pdf_url == ""


@pytest.mark.parametrize("arxiv_id", ["2602.00001", "2602.00001v3", "cs/0112017", "math.GT/0309136"])
def test_an_id_has_its_pdf(arxiv_id: str) -> None:
    assert replace(make_paper(), arxiv_id=arxiv_id).pdf_url == f"https://arxiv.org/pdf/{arxiv_id}"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_greeting_offers_to_subscribe_and_to_look_first(language: str) -> None:
    words = words_for(language)
    shown = greeting_layout(words)

    assert shown.text == words.say("greeting.text")
    assert shown.buttons == (
        Button(ButtonKind.SUBSCRIBE, words.say("greeting.subscribe")),
        Button(ButtonKind.PREVIEW, words.say("greeting.preview")),
    )
    assert [button.primary for button in shown.buttons] == [True, False]


def test_a_choice_is_told_from_others_by_who_and_when() -> None:
    paper = replace(make_paper(), authors=("A", "B", "C", "D"))

    assert choice_layout(paper, EN).about == "A, B, C et al., 2026"
    assert choice_layout(paper, JA).about == "A, B, C ほか, 2026"
    assert choice_layout(paper, EN).paper == "arxiv:2602.00001"


# --- digests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "texts"),
    [(Layout.THREAD, ["", ""]), (Layout.CHANNEL, ["", ""]), (Layout.COMPACT, ["A text.", ""])],
)
def test_an_item_has_a_text_only_where_no_card_follows(layout: Layout, texts: list[str]) -> None:
    digest = two_entries(summary=brief("A takeaway.", "A **text**."))
    shown = headline_layout(Headline(digest, layout), EN)

    assert shown.title == "Kawaraban, Friday, February 27, 2026"
    assert shown.status == sentences.status_line(EN, digest)
    assert [item.number for item in shown.items] == [1, 2]
    assert [item.lead for item in shown.items] == ["A takeaway.", sentences.failure(EN, UNVERIFIED)]
    assert [item.text for item in shown.items] == texts
    assert shown.hint == EN.say(f"headline.hint.{layout.value}")
    assert shown.empty == ""


@pytest.mark.parametrize(("language", "word"), [("ja", "週末"), ("en", "weekend")])
def test_a_day_without_papers_says_why_and_does_not_ask_for_votes(language: str, word: str) -> None:
    digest, words = make_digest(empty=EmptyReason.WEEKEND), words_for(language)
    shown = headline_layout(Headline(digest, Layout.THREAD), words)

    assert word in shown.empty
    assert (shown.items, shown.hint) == ((), "")
    assert digest_layout(digest, words).empty == shown.empty
    assert digest_layout(digest, words).papers == ()


def test_a_whole_digest_has_the_papers_as_they_stand_on_cards() -> None:
    digest = two_entries()

    assert digest_layout(digest, JA).papers == tuple(paper_layout(entry, JA) for entry in digest.entries)
    assert digest_layout(digest, JA).title == headline_layout(Headline(digest, Layout.THREAD), JA).title


# --- what comes from outside ------------------------------------------------------------------


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name))


@given(hostile, hostile, urls)
def test_hostile_text_passes_as_plain_text(title: str, text: str, url: str) -> None:
    paper = replace(make_paper(title, text, url), authors=(text, title), arxiv_id=text, code_url=url)
    view = PaperView(paper, "ja", Style.DETAILED, summary=detailed(text, title))
    entry = Entry(1, paper, 1.0, (), excerpt=Excerpt(Origin.ABSTRACT, text), failure=UNVERIFIED)

    shown, quoted = paper_layout(view, JA, share=True), paper_layout(entry, EN)
    for one in texts_of((shown, quoted, choice_layout(paper, EN))):
        assert one == plain(one)
    assert readable_line(title) in (shown.title, "")
    assert shown.text.marked == plain(text).strip()
    assert quoted.quotation == plain(readable(plain(text))).strip()
    for address in (shown.link, *(button.address for button in shown.buttons)):
        assert not address or web_link(address) == address


# --- TeX, and where code is -------------------------------------------------------------------

TYPED = replace(make_paper(r"A$^2$FM at 94.5\%"), authors=(r"Paul Erd\H{o}s", ":", "Ada Inkwell"))


def test_what_was_typed_as_tex_is_shown_as_text() -> None:
    quoted = Entry(1, TYPED, 1.0, (), excerpt=Excerpt(Origin.ABSTRACT, r"An $\ell_1$ norm for $5 to $10."))
    shown = paper_layout(quoted, EN)

    assert shown.title == "A²FM at 94.5%"
    assert shown.facts[0].text == "Paul Erdős, Ada Inkwell"
    assert shown.quotation == "An ℓ₁ norm for $5 to $10."
    assert choice_layout(TYPED, EN).title == "A²FM at 94.5%"
    assert all("A²FM" in button.spoken for button in shown.buttons)


@pytest.mark.parametrize(
    ("origin", "text"), [(Origin.IMPORTED, "evil .zip: ℓ₁"), (Origin.MODEL, r"evil\relax .zip: $\ell_1$")]
)
def test_a_model_s_text_is_shown_as_it_was_checked(origin: Origin, text: str) -> None:
    summary = Summary("en", Style.BRIEF, "", r"evil\relax .zip: $\ell_1$", origin=origin)

    shown = paper_layout(PaperView(TYPED, "en", Style.BRIEF, summary=summary), EN)

    assert shown.text.text == text


@pytest.mark.parametrize(
    ("url", "address", "fact"),
    [
        ("https://github.com/ada/lamp", "https://github.com/ada/lamp", ""),
        ("https://ada.github.io/lamp", "", "Code: ada.github.io"),
        ("https://g\u0456thub.com/ada", "", "Code: xn--gthub-n2e.com"),
        ("javascript:alert(1)", "", ""),
        (None, "", ""),
    ],
)
def test_only_known_hosts_of_code_have_a_button(url: str | None, address: str, fact: str) -> None:
    shown = paper_layout(PaperView(replace(make_paper(), code_url=url), "en", Style.BRIEF), EN)

    assert "".join(one.address for one in shown.buttons if one.kind is ButtonKind.CODE) == address
    assert "".join(one.text for one in shown.facts if one.kind is FactKind.CODE) == fact
