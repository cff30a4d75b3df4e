"""How people name papers."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.models import PaperRef, RefKind
from bot.papers.refs import parse_ref

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
    ],
)
def test_what_names_no_paper(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_ref(text)

    assert caught.value.code == "input.paper"


@given(st.text(max_size=400))
def test_any_text_is_a_ref_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert parse_ref(text).value
