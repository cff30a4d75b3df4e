"""The exact form of a post, and what stands where something is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from adapters.hugo.parse import parse
from adapters.hugo.platform import write
from adapters.hugo.post import to_digest
from adapters.hugo.render import Math, render
from bot.models import EmptyReason, Entry, Origin, PaperId, Style, Summary
from bot.words import words_for
from tests.support.hugo_site import DUE, digest, entry, every_kind, paper
from tests.support.needs import ROOT

POSTS = ROOT / "tests" / "data" / "hugo"


def post(*entries: Entry, language: str = "ja") -> str:
    return render(digest(*entries, language=language), words_for(language))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_to_the_byte(language: str) -> None:
    written = (POSTS / f"post-{language}.md").read_bytes().decode()
    assert render(every_kind(language), words_for(language)) == written
    assert not written.endswith("\n")


def test_the_front_matter_is_yaml_that_names_another_language() -> None:
    front = yaml.safe_load(post(entry(language="fr"), language="fr").split("---\n")[1])
    assert front["title"] == "LLM Papers Survey (2026-02-27)"
    assert front["url"] == "llm-papers-2026-02-27"
    assert front["language"] == "fr"
    assert front["draft"] is False
    assert "language" not in yaml.safe_load(post(entry()).split("---\n")[1])


def test_hostile_language_stays_in_its_string() -> None:
    front = yaml.safe_load(post(entry(), language='x"\n---\ndraft: true').split("\n---\n\n")[0])
    assert front["language"] == 'x"\n---\ndraft: true'
    assert front["draft"] is False


def test_an_unverified_text_is_never_under_the_heading_of_a_summary() -> None:
    text = render(every_kind("ja"), words_for("ja"))
    third = text.split("## 3. ")[1].split("## 4. ")[0]
    under = third.split("### 要約\n\n")[1].split("\n\n")[0]
    assert under == "*照合済みの要約がありません（照合で不合格: 原文にない数値）。*"
    assert "99%" not in third


def test_a_post_without_any_summary_does_not_claim_that_a_model_wrote_some() -> None:
    assert "Claude" not in post(every_kind("ja").entries[3])
    assert "Claude" not in post(every_kind("en").entries[3], language="en")
    assert "Claude" in post(entry())


def test_more_than_five_authors_are_five_and_others() -> None:
    six = tuple("ABCDEF")
    assert "- **著者**: A, B, C, D, E ほか\n" in post(entry(authors=six))
    assert "- **著者**: A, B, C, D, E\n" in post(entry(authors=six[:5]))
    assert "- **Authors**: A et al.\n" in post(entry(authors=("A",), more_authors=True), language="en")


def test_what_is_not_known_is_left_out() -> None:
    text = post(entry(authors=(), arxiv_id=None, abstract="\u200b", url="javascript:alert(1)", signals=()))
    assert "著者" not in text
    assert "ソース" not in text.split("## 1.")[1].split("###")[0]
    assert "arXiv ID" not in text
    assert "details" not in text
    assert "javascript" not in text


def test_without_a_source_the_link_names_its_host() -> None:
    assert "- **ソース**: [e.example](https://e.example/p)\n" in post(entry(url="https://e.example/p", signals=()))


@pytest.mark.parametrize("name", ["../x.png", "a b.png", "x.png)", ".hidden", "", "http://e.example/x.png"])
def test_a_figure_is_a_file_beside_the_page(name: str) -> None:
    assert "![" not in post(replace(entry(), figure=name))


def test_a_day_without_papers_says_why() -> None:
    text = render(replace(digest(), empty=EmptyReason.WEEKEND), words_for("ja"))
    assert "週末" in text
    assert text.endswith("。*")


def test_the_date_of_publication_is_in_utc() -> None:
    late = DUE.fromisoformat("2026-02-25T03:00:00+09:00")
    assert "- **公開日**: 2026-02-24\n" in post(entry(published=late))


def test_the_headline_of_a_summary_is_not_part_of_the_form() -> None:
    shown = replace(entry(), summary=Summary("ja", Style.BRIEF, "見出し", "本文である。", origin=Origin.MODEL))
    assert "見出し" not in post(shown)
    assert paper().title in post(shown)


TEX = replace(
    paper(), title=r"A$^2$FM at 94.5\% with $\ell_1$", abstract=r"For $x \in \mathbb{R}^n$ it costs $5 to $10."
)


@pytest.mark.parametrize(
    ("math", "title", "abstract"),
    [
        (Math.SOURCE, r"A&dollar;^2&dollar;FM at 94.5&bsol;% with &dollar;\ell_1&dollar;", r"For &dollar;x \in"),
        (Math.TEXT, "A²FM at 94.5% with ℓ₁", "For x ∈ ℝⁿ it costs &dollar;5 to &dollar;10."),
        (Math.PASSTHROUGH, r"A\(^2\)FM at 94.5% with \(\ell_1\)", r"For \(x \in \mathbb{R}^n\) it costs &dollar;5 to"),
    ],
)
def test_formulas_are_written_for_the_site_that_sets_them(math: Math, title: str, abstract: str) -> None:
    made = digest(replace(entry(), paper=TEX))
    text = render(made, words_for("ja"), math)

    assert f"\n## 1. {title}\n" in text
    assert abstract in text
    (back,) = to_digest(parse(text), made.channel).entries
    assert set(back.paper.keys) & set(TEX.keys)


@pytest.mark.parametrize(
    "title", ["", " ", "\u3164", "\u2800", "\u00ad\u034f", "\u0301", "\U000e0100\u202e", r"\cite{x}"]
)
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("math", Math)
def test_a_paper_without_a_title_makes_a_post_that_can_be_read_back(
    title: str, language: str, math: Math, tmp_path: Path
) -> None:
    nameless = replace(paper(), title=title, arxiv_id=None, url="", id=PaperId.title(title))
    made = digest(replace(entry(language=language), paper=nameless), language=language)

    path = write(made, tmp_path, math)

    (back,) = to_digest(parse(path.read_text()), made.channel).entries
    assert back.paper.title == ""
    assert write(made, tmp_path, math) == path  # its own page, not somebody else's
