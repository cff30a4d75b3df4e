"""What is around a paper: buttons to known hosts only, and other hosts by their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.models import News, NewsKind, PaperDetails, PaperId, Signal, SignalKind, SourceName
from bot.words import words_for
from bot.words.code_hosts import alphaxiv_page, paper_page
from bot.words.details import details_layout, links, news_layout
from tests.support.digests import DUE, hostile, make_paper, urls

EN, JA = words_for("en"), words_for("ja")
HF = Signal(SourceName.HUGGINGFACE, SignalKind.UPVOTES, 3, DUE)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"pdf": "https://arxiv.org/pdf/2602.00001", "html": "https://arxiv.org/html/2602.00001"}),
        ({"withdrawn": True}, {"pdf": "https://arxiv.org/pdf/2602.00001"}),
        ({"arxiv_id": None}, {}),
        ({"arxiv_id": None, "code_url": "https://github.com/ada/x"}, {"code": "https://github.com/ada/x"}),
        ({"arxiv_id": None, "code_url": "https://evil.example/github.com"}, {}),
        ({"arxiv_id": None, "project_url": "https://huggingface.co/ada"}, {"project": "https://huggingface.co/ada"}),
        ({"arxiv_id": None, "project_url": "https://lantern.example/"}, {}),
        ({"arxiv_id": None, "signals": (HF,)}, {}),
        (
            {"arxiv_id": None, "project_url": "https://www.alphaxiv.org/abs/2602.00001"},
            {"alphaxiv": "https://www.alphaxiv.org/abs/2602.00001"},
        ),
    ],
)
def test_only_what_is_known_has_a_link(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert dict(links(replace(make_paper(), **({"signals": ()} | changes)))) == expected


def test_hugging_faces_page_is_linked_if_it_has_one() -> None:
    assert dict(links(replace(make_paper(), signals=(HF,))))["huggingface"] == (  # type: ignore[index]  # a StrEnum
        "https://huggingface.co/papers/2602.00001"
    )


def test_other_hosts_are_named() -> None:
    paper = replace(make_paper(), code_url="https://code.example/x", project_url="https://ada.github.io/x")
    assert details_layout(PaperDetails(paper), EN).hosts == ("Code: code.example", "Project page: ada.github.io")
    assert details_layout(PaperDetails(paper), JA).hosts == (
        "コード: code.example",
        "プロジェクトページ: ada.github.io",
    )


def test_nothing_similar_and_a_failed_source_are_said() -> None:
    layout = details_layout(PaperDetails(make_paper(), (), (SourceName.SEMANTIC_SCHOLAR,)), EN)
    assert layout.none == "No similar papers were found."
    assert layout.failed == "Semantic Scholar could not be asked for similar papers. Try again later."
    found = details_layout(PaperDetails(make_paper(), (make_paper("Another"),)), EN)
    assert (found.none, found.failed, [one.title for one in found.similar]) == ("", "", ["Another"])


@given(hostile, urls, urls, urls)
def test_whatever_a_source_says_no_button_leads_to_a_stranger(title: str, url: str, code: str, project: str) -> None:
    paper = replace(make_paper(title, url=url), code_url=code, project_url=project)
    details = details_layout(PaperDetails(paper, (replace(paper, id=PaperId.title("x"), arxiv_id=None),)), EN)
    news = news_layout(News(paper, NewsKind.CODE, "en", address=code), EN)

    for address in (details.link, news.link, *(one.address for one in (*details.links, *news.buttons))):
        assert not address or paper_page(address) == address
    for one in details.similar:
        assert one.link == paper_page(url)
        assert "\n" not in one.title


@pytest.mark.parametrize(
    ("kind", "more", "text", "address"),
    [
        (
            NewsKind.VERSION,
            {"version": 3},
            "Version 3 of this paper has appeared.",
            "https://arxiv.org/abs/2602.00001v3",
        ),
        (NewsKind.WITHDRAWN, {}, "This paper has been withdrawn.", ""),
        (
            NewsKind.CODE,
            {"address": "https://github.com/ada/x"},
            "Code for this paper is now available.",
            "https://github.com/ada/x",
        ),
        (NewsKind.CODE, {"address": "https://x.example/y"}, "Code for this paper is now available at x.example.", ""),
        (NewsKind.CODE, {"address": "javascript:alert(1)"}, "Code for this paper is now available.", ""),
    ],
)
def test_news_says_what_happened_and_where(kind: NewsKind, more: dict[str, Any], text: str, address: str) -> None:
    layout = news_layout(News(make_paper(), kind, "en", **more), EN)
    assert layout.text == text
    assert [one.address for one in layout.buttons] == ["", *filter(None, [address])]
    assert layout.buttons[0].paper == str(make_paper().id)


@pytest.mark.parametrize(
    "url",
    ["https://alphaxiv.org.evil.example/x", "https://evil.example/alphaxiv.org", "http://alphaxiv.org@e.example/"],
)
def test_what_only_looks_like_a_known_host_is_none(url: str) -> None:
    assert alphaxiv_page(url) == paper_page(url) == ""
