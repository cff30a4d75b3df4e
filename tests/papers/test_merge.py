"""Merging: one Paper of every record, nothing lost, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Paper, PaperId, Signal, SignalKind, SourceName
from bot.papers.merge import merge
from tests.support.source_fakes import NOW, listed, paper
from tests.support.steps import steps

ARXIV, HF, S2 = SourceName.ARXIV, SourceName.HUGGINGFACE, SourceName.SEMANTIC_SCHOLAR
DAY = timedelta(days=1)


def upvotes(value: float, at: datetime = NOW) -> Signal:
    return Signal(HF, SignalKind.UPVOTES, value, at)


def citations(value: float, at: datetime = NOW) -> Signal:
    return Signal(S2, SignalKind.CITATIONS, value, at)


def of_arxiv(**fields: object) -> Paper:
    return replace(paper(signals=(listed(ARXIV),)), **fields)  # type: ignore[arg-type]  # any field of a paper


def of_hugging_face(**fields: object) -> Paper:
    return replace(paper(signals=(listed(HF), upvotes(5))), **fields)  # type: ignore[arg-type]  # any field of a paper


# --- the faults of the system before ----------------------------------------------------------


def test_fault_1_a_version_suffix_does_not_keep_a_paper_from_itself() -> None:
    first = replace(of_arxiv(), id=PaperId.arxiv("2602.00001v3"))
    assert first.id == PaperId.arxiv("2602.00001v1") == of_hugging_face().id
    assert len(merge([], [first, of_hugging_face()])) == 1


def test_fault_2_a_paper_of_arxiv_and_hugging_face_keeps_its_upvotes() -> None:
    for records in ([of_arxiv(), of_hugging_face()], [of_hugging_face(), of_arxiv()]):
        (found,) = merge([], records)
        assert found.sources == (ARXIV, HF)
        assert upvotes(5) in found.signals


def test_fault_3_upvotes_and_citations_stay_two_numbers() -> None:
    (found,) = merge([], [of_hugging_face(), paper(signals=(citations(5),))])
    assert {(s.source, s.kind, s.value) for s in found.signals} >= {
        (HF, SignalKind.UPVOTES, 5),
        (S2, SignalKind.CITATIONS, 5),
    }


def test_fault_4_upvotes_that_grow_are_all_kept() -> None:
    yesterday, today = upvotes(5, NOW - DAY), upvotes(80, NOW)
    (found,) = merge([paper(signals=(yesterday,))], [paper(signals=(today,))])
    assert found.signals == (yesterday, today)


# --- what belongs together --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (paper(), paper(title="Another title of it"), True),  # arXiv id
        (paper("2602.00001"), paper("2602.00002"), False),  # one title, two arXiv ids
        (paper(), paper(None), True),  # title
        (paper(None), paper(None, "INVENTED  Lanterns, for small models!"), True),  # normalised title
        (paper(None), paper(None, "Ｉｎｖｅｎｔｅｄ Lanterns for Small Models"), True),  # full-width letters
        (paper(title=r"A$^2$FM: $\ell_1$ lanterns"), paper(None, "A²FM: ℓ₁ Lanterns"), True),  # TeX and text
        (paper(title=r"A\textsuperscript{2}FM: \emph{All} lanterns"), paper(None, "A2FM: All lanterns"), True),
        (paper(title=r"G\"odel lanterns at 94\%"), paper(None, "Gödel lanterns at 94%"), True),
        (paper(None, "Editorial"), paper("2602.00002", "Editorial"), False),  # too short to tell
        (paper(doi="10.1000/a"), paper(None, "Renamed in the journal", doi="10.1000/a"), True),  # DOI
        (paper(None, doi="10.1000/a"), paper(None, doi="10.1000/b"), False),  # one title, two DOIs
        (paper("2602.00001", doi="10.1000/a"), paper("2602.00002", doi="10.1000/a"), False),  # one DOI, two arXiv ids
        (replace(paper(), s2_id="f00"), replace(paper(None, "Renamed by the index"), s2_id="f00"), True),
        (paper(), paper(None, "Something else entirely"), False),
    ],
)
def test_which_records_are_one_paper(one: Paper, other: Paper, same: bool) -> None:
    one, other = replace(one, id=_own_id(one)), replace(other, id=_own_id(other))
    assert len(merge([], [one, other])) == (1 if same else 2)
    assert len(merge([one], [other])) == (1 if same else 2)


def _own_id(record: Paper) -> PaperId:
    """As sources give it: by DOI where there is no arXiv id."""
    return PaperId.doi(record.doi) if record.doi and not record.arxiv_id else record.id


def test_records_meet_through_a_third() -> None:
    by_doi = replace(paper(None, "Renamed in the journal", doi="10.1000/a"), id=PaperId.doi("10.1000/a"))
    between = paper(doi="10.1000/a")
    assert len(merge([], [by_doi, of_hugging_face(), between])) == 1


def test_a_title_of_two_arxiv_papers_is_nobody_s() -> None:
    nameless = paper(None)
    found = merge([], [paper("2602.00001"), nameless, paper("2602.00002")])
    assert [p.id for p in found] == [PaperId.arxiv("2602.00001"), nameless.id, PaperId.arxiv("2602.00002")]


# --- what the one paper says ------------------------------------------------------------------


def test_a_stored_id_never_changes() -> None:
    stored = paper(None)
    (found,) = merge([stored], [of_arxiv(), of_hugging_face()])
    assert found.id == stored.id
    assert found.arxiv_id == "2602.00001"


def test_a_new_paper_gets_its_strongest_id() -> None:
    by_doi = replace(paper(None, doi="10.1000/a"), id=PaperId.doi("10.1000/a"))
    assert merge([], [by_doi, of_hugging_face()])[0].id == PaperId.arxiv("2602.00001")
    assert merge([], [by_doi, paper(None)])[0].id == by_doi.id
    assert merge([], [paper(None), replace(paper(None), s2_id="f00")])[0].id == PaperId("s2", "f00")


def test_of_two_stored_papers_that_prove_one_the_first_gives_the_id() -> None:
    by_doi = replace(paper(None, "Renamed in the journal", doi="10.1000/a"), id=PaperId.doi("10.1000/a"))
    (found,) = merge([by_doi, of_arxiv()], [of_arxiv(doi="10.1000/a")])
    assert found.id == by_doi.id


def test_arxiv_s_text_comes_before_others_and_fills_from_them() -> None:
    record = of_arxiv(comment="9 pages", categories=("cs.CL",), abstract="arXiv's")
    listing = of_hugging_face(title="Lanterns", abstract="A\nB", keywords=("light",), code_url="https://code.example")
    scholar = paper(signals=(citations(0),), doi="10.1000/a")
    scholar = replace(scholar, tldr="Lanterns work.", s2_id="f00", abstract="S2's")
    for records in ([record, listing, scholar], [scholar, listing, record]):
        (found,) = merge([], records)
        assert (found.title, found.abstract, found.comment) == (record.title, "arXiv's", "9 pages")
        assert (found.doi, found.s2_id, found.tldr) == ("10.1000/a", "f00", "Lanterns work.")
        assert (found.keywords, found.code_url, found.categories) == (("light",), "https://code.example", ("cs.CL",))
        assert found.sources == (ARXIV, HF, S2)


def test_hugging_face_s_abstract_stands_where_arxiv_has_none() -> None:
    (found,) = merge([], [of_arxiv(abstract=""), of_hugging_face(abstract="A\nB")])
    assert found.abstract == "A\nB"


def test_the_longest_complete_list_of_authors_wins() -> None:
    five, all_of_them = tuple("abcde"), tuple("abcdefgh")
    cut = of_arxiv(authors=five)
    assert merge([], [cut, of_hugging_face(authors=all_of_them)])[0].authors == all_of_them
    (found,) = merge([of_hugging_face(authors=five, more_authors=True)], [of_arxiv(authors=tuple("abc"))])
    assert (found.authors, found.more_authors) == (tuple("abc"), False)
    (found,) = merge([], [of_hugging_face(authors=five, more_authors=True)])
    assert found.more_authors


def test_names_as_arxiv_spells_them() -> None:
    (found,) = merge([], [of_hugging_face(authors=("A. Lamp",)), of_arxiv(authors=("Ada Lamp",))])
    assert found.authors == ("Ada Lamp",)


def test_a_new_version_replaces_the_text_and_a_withdrawal_is_not_missed() -> None:
    stored = of_arxiv(updated=NOW - DAY, comment="9 pages")
    fresh = of_arxiv(updated=NOW, title="Invented lanterns for large models", comment="Withdrawn", withdrawn=True)
    (found,) = merge([stored], [fresh])
    assert (found.title, found.comment, found.withdrawn) == (fresh.title, "Withdrawn", True)


def test_a_fresh_record_comes_before_the_stored_one() -> None:
    stored = of_hugging_face(abstract="Old.", code_url="https://old.example", project_url="https://p.example")
    (found,) = merge([stored], [of_hugging_face(abstract="New.", code_url="https://new.example")])
    assert (found.abstract, found.code_url, found.project_url) == ("New.", "https://new.example", "https://p.example")


def test_papers_come_in_the_order_of_their_first_records() -> None:
    records = [paper(f"2602.{n:05}", f"A title that tells of number {n}") for n in (5, 3, 9)]
    assert merge(records[:1], [*records[1:], *records]) == tuple(records)


def test_nothing_of_nothing() -> None:
    assert merge([], []) == ()


# --- properties -------------------------------------------------------------------------------


@st.composite
def records_of_a_world(draw: st.DrawFn) -> list[Paper]:
    """Records of a few papers: sources tell parts of the same truth, at several times."""
    found = []
    for n in range(draw(st.integers(1, 4))):
        arxiv_id = draw(st.sampled_from([f"2602.0000{n}", None]))
        doi = draw(st.sampled_from([f"10.1000/{n}", None]))
        title = f"The invented lantern number {n}"
        authors = tuple(f"Author {k}" for k in range(draw(st.integers(1, 6))))
        for _ in range(draw(st.integers(1, 5))):
            source = draw(st.sampled_from(SourceName))
            at = NOW + draw(st.integers(0, 3)) * DAY
            known_arxiv_id = arxiv_id if source is ARXIV else draw(st.sampled_from([arxiv_id, None]))
            if source is ARXIV and arxiv_id is None:
                source = HF
            known = draw(st.integers(1, len(authors))) if source is HF else len(authors)
            record = paper(known_arxiv_id, draw(st.sampled_from([title, title.upper()])))
            found.append(
                replace(
                    record,
                    abstract=draw(st.sampled_from(["One text.", "Another text."])),
                    authors=authors[:known],
                    more_authors=known < len(authors),
                    updated=at if source is ARXIV else None,
                    doi=doi if source is S2 else None,
                    s2_id=f"f0{n}" if source is S2 else None,
                    keywords=draw(st.sampled_from([(), ("light",), ("wick", "oil")])) if source is HF else (),
                    withdrawn=source is ARXIV and draw(st.booleans()),
                    signals=(Signal(source, draw(st.sampled_from(SignalKind)), draw(st.integers(0, 3)), at),),
                )
            )
    return found


def _as_set(papers: tuple[Paper, ...]) -> set[str]:
    return {repr(found) for found in papers}


@given(records_of_a_world())
def test_merging_again_changes_nothing(records: list[Paper]) -> None:
    once = merge([], records)
    assert merge([], once) == once
    assert merge(once, []) == once
    assert merge(once, once) == once


@given(records_of_a_world(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records: list[Paper], shuffler: random.Random) -> None:
    expected = _as_set(merge([], records))
    shuffler.shuffle(records)
    assert _as_set(merge([], records)) == expected


@given(records_of_a_world(), st.randoms(use_true_random=False), st.integers(0, 20))
def test_merging_in_steps_does_not_matter(records: list[Paper], shuffler: random.Random, cut: int) -> None:
    expected = _as_set(merge([], records))
    shuffler.shuffle(records)
    in_steps = merge([], [*merge([], records[:cut]), *merge([], records[cut:])])
    assert _as_set(in_steps) == expected


@given(records_of_a_world())
def test_no_signal_keyword_or_id_is_lost_or_doubled(records: list[Paper]) -> None:
    found = merge([], records)
    signals = [signal for one in found for signal in one.signals]
    assert {s for r in records for s in r.signals} == set(signals)
    assert all(len(one.signals) == len(set(one.signals)) for one in found)
    assert {k for r in records for k in r.keywords} == {k for one in found for k in one.keywords}
    assert {r.arxiv_id for r in records} - {None} == {one.arxiv_id for one in found} - {None}
    assert len({one.id for one in found}) == len(found)


@given(
    st.lists(
        st.builds(
            paper,
            st.sampled_from([None, "2602.00001", "2602.00002", "cs/0112017"]),
            st.sampled_from(["Invented lanterns for all", "A", "", "Another lantern altogether"]),
            doi=st.sampled_from([None, "10.1000/a", "10.1000/b"]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_contradictions_neither_raise_nor_depend_on_the_order(records: list[Paper], shuffler: random.Random) -> None:
    expected = merge([], records)
    for one in expected:
        assert one.arxiv_id is None or one.id == PaperId.arxiv(one.arxiv_id)
    shuffler.shuffle(records)
    assert {one.id for one in merge([], records)} == {one.id for one in expected}


def test_merging_stays_close_to_linear() -> None:
    def steps_for(count: int) -> int:
        records = []
        for n in range(count):
            title = f"The invented lantern number {n} of many"
            records += [paper(f"2602.{n:05}", title), paper(None, title)]
        return steps(lambda: merge(records[:count], records[count:]))

    assert steps_for(2000) < 11 * steps_for(200)


def test_published_is_the_best_record_s() -> None:
    exact = datetime(2026, 2, 26, 15, 1, tzinfo=UTC)
    (found,) = merge([], [of_hugging_face(published=exact - DAY), of_arxiv(published=exact)])
    assert found.published == exact
