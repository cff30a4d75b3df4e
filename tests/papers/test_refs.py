"""How people name papers."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.models import PaperRef, RefKind
from bot.papers.refs import named_in, parse_ref

S2 = "204e3073870fae3d05bcbc2f6a8e263d9b72e776"


@pytest.mark.parametrize(
    "text",
    [
        "2602.21548",
        " 2602.21548 ",
        "arXiv:2602.21548",
        "arxiv: 2602.21548",
        "ARXIV:2602.21548",
        "２６０２．２１５４８",
        "https://arxiv.org/abs/2602.21548",
        "http://www.arxiv.org/abs/2602.21548?context=cs.LG#x",
        "arxiv.org/abs/2602.21548",
        "https://arxiv.org/pdf/2602.21548.pdf",
        "https://arxiv.org/html/2602.21548",
        "https://export.arxiv.org/abs/2602.21548",
        "https://huggingface.co/papers/2602.21548",
        "https://hf.co/papers/2602.21548",
        "10.48550/arXiv.2602.21548",
        "doi:10.48550/arXiv.2602.21548",
        "https://doi.org/10.48550/arXiv.2602.21548",
        "<https://arxiv.org/abs/2602.21548|arxiv.org/abs/2602.21548>",
        "<https://arxiv.org/abs/2602.21548>",
        "「2602.21548」",
        "`2602.21548`",
        # The stamp in a paper's margin, the title of its page, and what stands around an id.
        "[2602.21548] A Title of Its Own - arXiv",
        "2602.21548、",
        "(2602.21548)",
        "（２６０２．２１５４８）。",
        "arXiv.2602.21548",
        "arXiv 2602.21548 (cs)",
        "この論文2602.21548を要約して",
        "arXiv preprint arXiv:2602.21548, 2026",
        "@misc{x, eprint={2602.21548}, archivePrefix={arXiv}}",
        "paper_2602.21548.pdf",
        "abs/2602.21548",
        "**2602.21548**",
        "see 2602.21548, that is https://doi.org/10.48550/arXiv.2602.21548",
        "https://arxiv.org/abs/2602.21548)",
        "https://arxiv.org/abs/2602.21548。",
        "https://arxiv.org/abs/2602.21548を読みたい",
        "(https://arxiv.org/abs/2602.21548)",
        "<https://arxiv.org/abs/2602.21548> を要約して",
        "[DualPath](https://arxiv.org/abs/2602.21548)",
        "https://arxiv.org/abs/2602.21548&utm_source=x",
        "URL:https://arxiv.org/abs/2602.21548",
        "https://example.org/a and arxiv.org/abs/2602.21548.",
        # Mirrors, readers and indexes.
        "https://www.alphaxiv.org/ja/overview/2602.21548",
        "https://www.alphaxiv.org/resources/2602.21548",
        "https://scirate.com/arxiv/2602.21548",
        "https://papers.cool/arxiv/2602.21548",
        "https://cn.arxiv.org/abs/2602.21548",
        "https://reader.example/en/papers/2602.21548",
        "https://www.semanticscholar.org/arxiv/2602.21548",
        "https://api.semanticscholar.org/graph/v1/paper/ARXIV:2602.21548",
        "https://reader.example/https://arxiv.org/abs/2602.21548",
        "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2602.21548&sa=D",
        "https://ui.adsabs.harvard.edu/abs/2026arXiv260221548A/abstract",
        "https://dblp.org/rec/journals/corr/abs-2602-21548.html",
    ],
)
def test_every_way_of_naming_an_arxiv_paper(text: str) -> None:
    assert parse_ref(text) == PaperRef(RefKind.ARXIV, "2602.21548")


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("2602.21548v3", PaperRef(RefKind.ARXIV, "2602.21548", 3)),
        ("https://arxiv.org/pdf/2602.21548v12", PaperRef(RefKind.ARXIV, "2602.21548", 12)),
        ("0704.0001", PaperRef(RefKind.ARXIV, "0704.0001")),
        ("cs/0112017", PaperRef(RefKind.ARXIV, "cs/0112017")),
        ("CS/0112017v1", PaperRef(RefKind.ARXIV, "cs/0112017", 1)),
        ("math.GT/0309136", PaperRef(RefKind.ARXIV, "math.GT/0309136")),
        ("https://arxiv.org/abs/cs/0112017", PaperRef(RefKind.ARXIV, "cs/0112017")),
        ("10.1145/3292500.3330701", PaperRef(RefKind.DOI, "10.1145/3292500.3330701")),
        ("https://doi.org/10.1145/3292500.3330701", PaperRef(RefKind.DOI, "10.1145/3292500.3330701")),
        (f"https://www.semanticscholar.org/paper/Attention/{S2}", PaperRef(RefKind.SEMANTIC_SCHOLAR, S2)),
        (f"https://api.semanticscholar.org/{S2.upper()}", PaperRef(RefKind.SEMANTIC_SCHOLAR, S2)),
        ("https://api.semanticscholar.org/CorpusID:13756489", PaperRef(RefKind.SEMANTIC_SCHOLAR, "CorpusId:13756489")),
        ("CorpusId:13756489", PaperRef(RefKind.SEMANTIC_SCHOLAR, "CorpusId:13756489")),
        (S2, PaperRef(RefKind.SEMANTIC_SCHOLAR, S2)),
        ("attention is all you need", PaperRef(RefKind.TITLE, "attention is all you need")),
        ("DualPath: storage bandwidth", PaperRef(RefKind.TITLE, "DualPath: storage bandwidth")),
        ("GPT/4 and beyond", PaperRef(RefKind.TITLE, "GPT/4 and beyond")),
        ("and/1234567 in a sentence", PaperRef(RefKind.TITLE, "and/1234567 in a sentence")),
        ("arXiv:2602.21548v2 [cs.DC] 25 Feb 2026", PaperRef(RefKind.ARXIV, "2602.21548", 2)),
        ("https://www.alphaxiv.org/resources/2602.21548v1", PaperRef(RefKind.ARXIV, "2602.21548", 1)),
        ("https://arxiv.org/pdf/2602.21548v2.pdf#page=3", PaperRef(RefKind.ARXIV, "2602.21548", 2)),
        ("(see hep-th/9901001v3).", PaperRef(RefKind.ARXIV, "hep-th/9901001", 3)),
        ("(doi:10.1145/3292500.3330701).", PaperRef(RefKind.DOI, "10.1145/3292500.3330701")),
        ("https://doi.org/10.1016/S0140-6736(20)30183-5.", PaperRef(RefKind.DOI, "10.1016/s0140-6736(20)30183-5")),
        ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?x=1", PaperRef(RefKind.DOI, "10.1145/3292500.3330701")),
    ],
)
def test_other_names(text: str, ref: PaperRef) -> None:
    assert parse_ref(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "2613.00001",
        "2602.215489",
        "2602.2",
        "x" * 301,
        "https://example.org/2602.21548",
        "https://[::1",
        "https://arxiv.org/list/cs.CL/new",
        "https://huggingface.co/datasets/2602.21548",
        "see https://example.org/2602.21548 please",
        f"https://github.example/x/commit/{S2}",
        "arXiv:2613.00001",
    ],
)
def test_what_names_no_paper(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_ref(text)

    assert caught.value.code == "input.paper"


@pytest.mark.parametrize(
    "text",
    [
        "2602.21548 and 2602.21549v2",
        "https://arxiv.org/abs/2602.21548,https://arxiv.org/abs/2602.21549",
        "2602.21548と2602.21549を比べて。2602.21548v3も",
    ],
)
def test_two_papers_in_one_text_are_both_named(text: str) -> None:
    assert [ref.value for ref in named_in(text)] == ["2602.21548", "2602.21549"]
    with pytest.raises(InputError) as caught:
        parse_ref(text)
    assert caught.value.code == "input.papers"
    assert caught.value.arguments == {"papers": ("2602.21548", "2602.21549")}


def test_a_reference_is_found_in_a_long_message() -> None:
    assert [ref.value for ref in named_in("words " * 300 + "2602.21548.")] == ["2602.21548"]


@given(st.text(max_size=400))
def test_any_text_is_a_ref_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert parse_ref(text).value
