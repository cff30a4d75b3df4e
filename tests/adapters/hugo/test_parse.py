"""Posts read back: the published ones to the byte, our own with every value, and what is no post with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hugo.parse import parse
from adapters.hugo.post import PostEntry, to_digest
from adapters.hugo.render import render
from bot.errors import InputError
from bot.models import Digest, Excerpt, Origin, PaperId, SourceName
from bot.words import Words, plain, words_for
from tests.support import strategies
from tests.support.hostile_text import PIECES
from tests.support.hugo_site import CHANNEL, DAY, DUE, SUMMARIES, digest, entry, every_kind, paper
from tests.support.needs import ROOT

POSTS = ROOT / "tests" / "data" / "hugo"
wild = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join)
solid = wild.filter(lambda text: plain(text).strip() != "")


def front(lines: str = "date: 2026-02-27") -> str:
    return f"---\n{lines}\n---\n\n## はじめに\n\nあいさつ\n\n"


MINIMAL = front() + "## 1. Fold\n\n- **公開日**: 2026-02-24\n"


@pytest.mark.parametrize("name", ["hugo-post-2026-02-27-a.md", "hugo-post-2026-02-27-b.md"])
def test_published_posts_come_back_byte_for_byte(shared: Path, name: str) -> None:
    content = (shared / "seeds" / name).read_bytes()
    read = to_digest(parse(content.decode()), CHANNEL)
    assert render(read, words_for(read.language)).encode() == content
    assert len(read.entries) == 5
    assert all(e.verified and e.paper.arxiv_id and e.paper.more_authors for e in read.entries)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_our_own_post_is_read(language: str) -> None:
    post = parse((POSTS / f"post-{language}.md").read_text(encoding="utf-8"))
    assert (post.date, post.language, [e.rank for e in post.entries]) == (DAY, language, [1, 2, 3, 4, 5])
    first, full, failed, brief, least = post.entries
    assert first == PostEntry(
        rank=1,
        title="FoldReader 1: Reading Long Documents in Folds",
        authors=("Aya Morino", "Ben Ostrow"),
        published=date(2026, 2, 24),
        sources=("huggingface",),
        url="https://arxiv.org/abs/2602.99001",
        arxiv_id="2602.99001",
        summary=SUMMARIES[language],
        abstract=paper().abstract,
    )
    assert full.title == "Fold++: 90% of `R&D`, <b>bold</b> [sic]"
    assert full.more_authors
    assert full.authors == tuple(f"Author {letter}" for letter in "ABCDE")
    assert full.sources == ("arxiv", "huggingface", "semantic_scholar")
    assert full.figure == "paper_2.png"
    assert failed.summary is None
    assert failed.excerpt == Excerpt(Origin.ABSTRACT, "Long documents strain.")
    assert brief.excerpt == Excerpt(Origin.TLDR, "It folds *twice*.")
    assert (least.arxiv_id, least.abstract, least.url) == (None, "", "https://doi.org/10.5555/fold.5")


def test_a_post_becomes_a_digest_of_imported_summaries() -> None:
    read = to_digest(parse((POSTS / "post-ja.md").read_text(encoding="utf-8")), CHANNEL)
    assert (read.channel, read.date, read.due_at) == (CHANNEL, DAY, DUE)
    first, *_, least = read.entries
    assert first.summary is not None
    assert first.summary.origin is Origin.IMPORTED
    assert first.paper.id == PaperId.arxiv("2602.99001")
    assert first.paper.published == datetime.combine(date(2026, 2, 24), time(0), UTC)
    assert [(s.source, s.seen_at) for s in first.paper.listings] == [(SourceName.HUGGINGFACE, DUE)]
    assert least.paper.id == PaperId.doi("10.5555/fold.5")
    assert least.summary is None


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://www.semanticscholar.org/paper/" + "ab" * 20, PaperId("s2", "ab" * 20)),
        ("https://arxiv.org/abs/2602.99001v2", PaperId.arxiv("2602.99001")),
        ("https://e.example/p", PaperId.title("Fold")),
        ("javascript:alert(1)", PaperId.title("Fold")),
    ],
)
def test_without_an_arxiv_id_the_url_or_the_title_names_the_paper(url: str, named: PaperId) -> None:
    read = to_digest(parse(MINIMAL + f"- **ソース**: [semantic_scholar]({url})\n"), CHANNEL).entries[0].paper
    assert read.id == named
    assert read.sources == (SourceName.SEMANTIC_SCHOLAR,)
    assert read.url == ("" if url.startswith("javascript") else url)


def test_a_post_from_another_hand_is_read_too() -> None:
    text = (
        "\ufeff\n---\ntitle: x\ndate: '2026-02-27T07:00:00+09:00'\n---\n# 瓦版\n## はじめに\n## 1.  Fold  \n"
        "*  **著者** ： A ,B,  ほか \n- **メモ**: x\n- **公開日**: 2026-02-24 \n- **ソース**: arxiv, [hf](https://e.example/p)\n"
        "- **arXiv ID**: arXiv:2602.99001v3\n  ![](https://e.example/x.png)\n### 要約 \n\n 本文 **強調** & <b> \n"
        '{{% details "x" %}}\n\n## 9. inside\n a * b\n\n{{%/details%}}\n### 感想\nno\n'
        "## まとめ\n- **著者**: Z\n---\n*end*\n\n"
    ).replace("\n", "\r\n")
    post = parse(text)
    assert post.language == "ja"
    assert post.entries == (
        PostEntry(
            rank=1,
            title="Fold",
            authors=("A", "B"),
            more_authors=True,
            published=date(2026, 2, 24),
            sources=("arxiv", "hf"),
            url="https://e.example/p",
            arxiv_id="2602.99001",
            summary="本文 **強調** & <b>",
            abstract="## 9. inside\n a * b",
        ),
    )


def test_what_a_post_does_not_say_is_empty() -> None:
    assert parse(MINIMAL).entries == (PostEntry(1, "Fold", published=date(2026, 2, 24)),)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "front_matter"),
        ("# A page\n", 1, "front_matter"),
        ("\n---\ndate: 2026-02-27\n", 2, "front_matter"),
        (front("title: x"), 1, "date"),
        (front("title: x\ndate: 2026-02-30"), 3, "date"),
        (front("date: tomorrow"), 2, "date"),
        (front(), 4, "entries"),
        (front() + "## 1.\n- **公開日**: 2026-02-24\n", 9, "heading"),
        (front() + "## 1. Installing\n\nFirst, …\n", 9, "fields"),
        (front() + "## 1. Fold\n\n- **公開日**: yesterday\n", 11, "published"),
        (front() + "## 1. Fold\n\n- **arXiv ID**: 99\n", 11, "arxiv_id"),
        (MINIMAL + '\n{{< details "x" >}}\nabstract\n', 13, "details"),
    ],
)
def test_what_is_no_post_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, "some/index.md")
    assert caught.value.code == "input.post"
    assert caught.value.arguments == {"path": "some/index.md", "line": line, "reason": f"hugo.{reason}"}
    for words in map(words_for, ("ja", "en")):
        assert "hugo." not in words.error(caught.value)


@pytest.mark.parametrize("tag", ["fr", "pt-BR"])
def test_a_language_without_a_frame_of_its_own_is_kept(tag: str) -> None:
    text = render(digest(entry(language=tag), language=tag), words_for(tag))
    assert "## Introduction" in text
    assert parse(text).language == tag


def test_a_language_that_is_none_gives_way_to_the_frame() -> None:
    assert parse(MINIMAL.replace("date:", "language: Klingon!\ndate:")).language == "ja"


def _read_back(entry_digest: Digest, words: Words) -> PostEntry:
    return parse(render(entry_digest, words)).entries[0]


@given(
    language=st.sampled_from(("ja", "en")),
    title=solid,
    authors=st.lists(solid, max_size=5),
    more=st.booleans(),
    summary=solid,
    abstract=wild,
)
def test_whatever_the_values_are_they_come_back_plain(
    language: str, title: str, authors: list[str], more: bool, summary: str, abstract: str
) -> None:
    written = entry(
        1, language, text=summary, title=title, authors=tuple(authors), more_authors=more, abstract=abstract
    )
    read = _read_back(digest(written, language=language), words_for(language))
    assert read.title == plain(title)
    assert read.authors == tuple(map(plain, authors))
    assert read.more_authors == (more and bool(authors))
    assert read.summary == plain(summary)
    assert read.abstract == plain(abstract)
    assert (read.sources, read.url, read.arxiv_id) == (("huggingface",), paper().url, "2602.99001")


@given(solid, st.sampled_from((Origin.TLDR, Origin.ABSTRACT)))
def test_whatever_an_excerpt_says_it_is_no_summary(text: str, origin: Origin) -> None:
    failed = every_kind("ja").entries[2]
    shown = digest(type(failed)(1, failed.paper, 0.0, (), excerpt=Excerpt(origin, text), failure=failed.failure))
    read = _read_back(shown, words_for("ja"))
    assert read.summary is None
    assert read.excerpt == Excerpt(origin, plain(text))


@given(strategies.digests)
def test_any_digest_is_written_and_read_or_refused_as_no_post(any_digest: Digest) -> None:
    text = render(any_digest, words_for(any_digest.language))
    try:
        post = parse(text)
    except InputError as error:
        assert error.arguments["reason"] in ("hugo.entries", "hugo.heading", "hugo.arxiv_id")  # noqa: PT017 (any text may also be a post)
    else:
        assert [e.rank for e in post.entries] == [e.rank for e in any_digest.entries]


@given(wild.map(lambda text: MINIMAL + text) | wild.map(lambda text: front() + text) | wild)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        to_digest(parse(text), CHANNEL)
    except InputError as error:
        assert 1 <= int(str(error.arguments["line"])) <= text.count("\n") + text.count("\r") + 1  # noqa: PT017 (the same)
