"""BibTeX entries: what they have, and that nothing in a paper ends a field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Paper, PaperId
from bot.papers.bibtex import bibliography, cite_key, entry, file_name
from tests.support.digests import hostile, make_paper, urls

PAPER = replace(make_paper("Woodblocks {and} 30% of Ink_$"), categories=("cs.CL", "cs.AI"), doi="10.1000/x_y")


def test_an_entry_has_what_is_known() -> None:
    assert entry(PAPER) == (
        "@misc{inkwell2026woodblocks,\n"
        "  title         = {{Woodblocks \\textbraceleft{}and\\textbraceright{} 30\\% of Ink\\_\\$}},\n"
        "  author        = {Ada Inkwell and Len Printwright},\n"
        "  year          = {2026},\n"
        "  month         = {2},\n"
        "  eprint        = {2602.00001},\n"
        "  archiveprefix = {arXiv},\n"
        "  primaryclass  = {cs.CL},\n"
        "  doi           = {10.1000/x_y},\n"
        "  url           = {https://arxiv.org/abs/2602.00001},\n"
        "}\n"
    )
    assert file_name(PAPER) == "2602.00001.bib"


def test_more_authors_are_others_and_an_and_in_a_name_is_none() -> None:
    text = entry(replace(PAPER, authors=("Ada and Sons, Ltd", "Bo  Example\n"), more_authors=True))

    assert "author        = {{Ada and Sons, Ltd} and Bo Example and others}" in text


@pytest.mark.parametrize(
    ("authors", "written", "key"),
    [
        (("OpenAI", ":", "Wei Wang", "Wei Wang"), "{OpenAI} and Wei Wang and Wei Wang", "openai"),
        (("The LLaMA Team", "Qingyao Ai"), "{The LLaMA Team} and Qingyao Ai", "llama"),
        (("Apple Lamp Lanterns:", "Ada Lamp"), "{Apple Lamp Lanterns} and Ada Lamp", "apple"),
        (("The Anh Han",), "The Anh Han", "han"),
        (("Martin Lamp King Jr.",), "King, Jr., Martin Lamp", "king"),
        (("John Lamp, Jr.",), "Lamp, Jr., John", "lamp"),
        (("Henry Ford III",), "Ford, III, Henry", "ford"),
        (("Ludwig van der Lamp",), "Ludwig van der Lamp", "lamp"),
        (("Łukasz Øster",), "Łukasz Øster", "oster"),
        (("Søren Groß",), "Søren Groß", "gross"),
        (("Nguyễn Đặng",), "Nguyễn Đặng", "dang"),
        (("Иван Петров",), "Иван Петров", "petrov"),
        (("Paul Erd\\H{o}s",), "Paul Erd{\\H{o}}s", "erdos"),
        (("山田 太郎", "王小明"), "山田, 太郎 and 王小明", ""),
        ((":",), None, ""),
    ],
)
def test_names_are_what_bibtex_takes_them_for(authors: tuple[str, ...], written: str | None, key: str) -> None:
    made = replace(PAPER, authors=authors)

    assert (f"author        = {{{written}}}," in entry(made)) is (written is not None)
    assert ("author" in entry(made)) is (written is not None)
    assert cite_key(made) == f"{key}2026woodblocks"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("S$^2$-Flow at 94.5\\%", "S$^2$-Flow at 94.5\\%"),
        ('\\emph{All} of $\\ell_1$ by G\\"odel', '\\emph{All} of $\\ell_1$ by G{\\"o}del'),
        ("In\u3164vi\u034fsi\u202eble\u00ad", "Invisible"),
        ("{BERT} & A_B at $5 to $10", "{BERT} \\& A\\_B at \\$5 to \\$10"),
        ("$\\input{/etc/passwd}$ and \\write18{x}", "input/etc/passwd and write18\\textbraceleft{}x\\textbraceright{}"),
        ("$x % y$ }{", "x \\% y \\textbraceright{}\\textbraceleft{}"),
    ],
)
def test_tex_that_only_prints_stays_tex(title: str, written: str) -> None:
    assert f"title         = {{{{{written}}}}}," in entry(replace(PAPER, title=title))


@pytest.mark.parametrize(("doi", "written"), [("10.1/a_b#c%d", "10.1/a_b#c%d"), ("10.1/a{b}\\", "10.1/a%7Bb%7D%5C")])
def test_a_doi_is_not_escaped(doi: str, written: str) -> None:
    assert f"doi           = {{{written}}}," in entry(replace(PAPER, doi=doi))


def test_what_is_not_known_is_left_out() -> None:
    bare = Paper(PaperId("s2", "ab/c"), "", "", (), datetime(2025, 1, 1, tzinfo=UTC), "javascript:alert(1)")

    assert entry(bare) == "@misc{paper2025abc,\n  year          = {2025},\n  month         = {1},\n}\n"
    assert file_name(bare) == "ab-c.bib"


def test_papers_of_one_name_get_keys_of_their_own() -> None:
    other = replace(PAPER, id=PaperId.arxiv("2602.00002"))

    text = bibliography([PAPER, other, replace(PAPER, id=PaperId.arxiv("2602.00003"))])

    keys = [line.removeprefix("@misc{").rstrip(",") for line in text.splitlines() if line.startswith("@")]
    assert keys == ["inkwell2026woodblocks", "inkwell2026woodblocks-2", "inkwell2026woodblocks-3"]


@given(hostile, hostile, urls, st.lists(hostile, max_size=4))
def test_nothing_in_a_paper_ends_a_field(title: str, doi: str, url: str, authors: list[str]) -> None:
    made = replace(
        PAPER, title=title, doi=doi, url=url, authors=tuple(authors), arxiv_id=title or None, categories=(doi,)
    )
    text = entry(made)

    steps = ({"{": 1, "}": -1}.get(character, 0) for character in text.strip().removeprefix("@misc"))
    *inside, end = accumulate(steps)
    assert end == 0
    assert min(inside) > 0
    assert all(line.startswith(("@misc{", "  ", "}")) for line in text.splitlines())
    assert cite_key(made).isascii()
    assert cite_key(made).isalnum()
    assert file_name(made).isascii()
    assert "/" not in file_name(made)
