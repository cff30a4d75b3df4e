"""Withdrawals: what a record says of its own paper, and what it only mentions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.arxiv_feed import read_feed
from bot.sources.scholar_rows import read_row
from bot.sources.withdrawal import is_withdrawn
from tests.support.source_fakes import NOW, atom, entry

TITLE, ABSTRACT = "Invented lanterns", "We invent lanterns, and they glow."


@pytest.mark.parametrize(
    "comment",
    [
        "Withdrawn",
        "WITHDRAWN.",
        "[Withdrawn]",
        "withdrawn, see the comments",
        "Withdrawn: see v3",
        "Withdrawn because Lemma 4 does not hold",
        "Withdrawn for a revision of the experiments",
        "v3: withdrawn, replaced by arXiv:2602.00002",
        "Withdrawn; superseded by arXiv:2602.00002",
        "This paper has been withdrawn by the author due to a wrong sign",
        "This article has now been withdrawn",
        "This manuscript has been temporarily withdrawn",
        "This paper as been withdrawn by its authors",
        "The paper is withdrawn as its lamps were counted twice",
        "The current version is being withdrawn",
        "The paper has mistakes and has been withdrawn",
        "This work rests on a wrong lemma and needs to be withdrawn",
        "12 pages, withdrawn by the authors",
        "9 pages. Paper withdrawn",
        "The authors have withdrawn this paper until the lamps are measured again",
        "The authors have withdrawn…",
        "The author has decided to withdraw this submission",
        "We withdraw the manuscript, for its data were wrong",
        "I hereby retract this preprint",
        "I request the withdrawal of my paper",
        "Retracted",
        "Retracted due to an error in Section 5. See arXiv:2602.00002.",
        "The article was retracted by its authors",
        "Article withdrawn by arXiv administrators",
        "arXiv admin note: this submission has been withdrawn by arXiv administrators due to disputed authorship",
        "arXiv admin note: removed by arXiv administrators",
        "This version has been removed by arXiv administrators, for the submitter had no right to the licence",
        "This paper has been withdrawn from arXiv",
        "The earlier version had a gap; this paper has been withdrawn altogether",
    ],
)
def test_a_comment_withdraws_its_paper(comment: str) -> None:
    assert is_withdrawn(TITLE, ABSTRACT, comment)


@pytest.mark.parametrize(
    "comment",
    [
        "9 pages, 3 figures",
        "Withdrawn from ICLR 2026",
        "Withdrawn from the conference to be extended",
        "Withdrawn (NeurIPS'25)",
        "Withdrawn, CVPR 2026",
        "Submitted to ICLR 2026, withdrawn",
        "ICLR 2026 withdrawn submission",
        "This paper was withdrawn from ICML 2025 by the authors",
        "We have withdrawn this paper from the proceedings",
        "The authors have withdrawn the data set",
        "9 pages; an earlier lantern was withdrawn",
        "A previous version of this manuscript was withdrawn for a wrong sign",
        "The previous version was withdrawn by the authors; this one mends the proof",
        "Earlier version withdrawn",
        "Replaces the withdrawn manuscript arXiv:2602.00002",
        "Extends arXiv:2602.00002, which has been withdrawn",
        "A merger of version 1 with the withdrawn paper arXiv:2602.00002",
        "Section 6 is withdrawn",
        "v3: the claims of version 2 are withdrawn",
        "May be withdrawn once the journal has accepted it",
        "A list of retracted papers is in the appendix",
        "Withdrawn papers: https://lanterns.example/list",
        "Figure 3 removed by arXiv administrators",
        "arXiv admin note: text overlap with arXiv:2602.00002",
    ],
)
def test_a_comment_that_only_mentions_a_withdrawal(comment: str) -> None:
    assert not is_withdrawn(TITLE, ABSTRACT, comment)


@pytest.mark.parametrize(
    ("abstract", "withdrawn"),
    [
        ("This article has been withdrawn because of a mistake in Lemma 2.", True),
        ("The paper has been withdrawn by the author.", True),
        ("The authors have withdrawn this\n paper.", True),
        ("Paper withdrawn.", True),
        ("Retracted for a wrong lemma.", True),
        ("This submission has been removed by arXiv administrators because it repeats another one.", True),
        (f"{ABSTRACT} This paper has been withdrawn due to a crucial error in Theorem 2.", True),
        (f"This paper has been withdrawn by the authors. {ABSTRACT * 20}", True),
        ("We study money that was withdrawn by users of banks.", False),
        ("Energy is withdrawn from the lamp.", False),
        ("Retracted papers go on to be cited. We measure for how long.", False),
        ("We publish a collection of papers withdrawn by their authors, with the reasons that they gave.", False),
        ("When a paper has been withdrawn by arXiv administrators, its text stays. We ask who reads it.", False),
        ("A study of 1998 became famous. This paper was retracted in 2010, and still it is cited.", False),
        ("The article was retracted in 2010. " + "We follow who cites it. " * 30, False),
    ],
)
def test_an_abstract_withdraws_its_paper_or_is_about_withdrawals(abstract: str, withdrawn: bool) -> None:
    assert is_withdrawn(TITLE, abstract) is withdrawn


@pytest.mark.parametrize(
    ("title", "withdrawn"),
    [
        ("Withdrawn: Invented lanterns", True),
        ("RETRACTED ARTICLE: Invented lanterns", True),
        ("[Retracted] Invented lanterns", True),
        ("Invented lanterns (withdrawn)", True),
        ("Retraction notice to: Invented lanterns", True),
        ("Retracted papers and who cites them", False),
        ("Retraction: how a field mends itself", False),
        ("Withdrawn-mode lanterns", False),
    ],
)
def test_a_publisher_writes_it_into_the_title(title: str, withdrawn: bool) -> None:
    assert is_withdrawn(title, ABSTRACT) is withdrawn


def test_every_source_s_records_are_asked() -> None:
    (of_arxiv,) = read_feed(
        atom([entry(more="<arxiv:comment>The authors have withdrawn this paper</arxiv:comment>")])
    ).papers
    assert of_arxiv.withdrawn
    row = {"paperId": "f" * 40, "title": "Retracted: Lanterns", "abstract": ABSTRACT, "publicationDate": "2026-02-26"}
    of_publisher = read_row(row, NOW)
    assert of_publisher is not None
    assert of_publisher.withdrawn


@given(st.text(max_size=200), st.sampled_from(["withdrawn", "this paper has been", "the authors have", "arXiv: "]))
def test_no_text_takes_long(text: str, bait: str) -> None:
    began = time.process_time()
    is_withdrawn(text + bait, (text + bait) * 20, bait * 2_000 + text)
    assert time.process_time() - began < 1
