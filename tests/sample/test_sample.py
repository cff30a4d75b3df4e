"""The invented sample days: they are plausible, they pass the same check as a model's texts, and they are nobody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.checking.check import check_draft
from bot.errors import ModelRefusesUs
from bot.models import (
    Paper,
    PaperId,
    PaperRef,
    RefKind,
    SignalKind,
    SourceName,
    StopReason,
    Style,
    SummaryRequest,
    Window,
)
from bot.papers.merge import merge
from bot.sample import SampleSource, SampleSummarizer, sample_sources
from bot.sample.papers import NOTE, SamplePaper, sample_papers

UNTIL = datetime(2026, 2, 27, 22, 0, tzinfo=UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
TOPICS = ("cs.CL",)
PAPERS = tuple(sample_papers().values())


def request(paper: PaperId, language: str = "ja", style: Style = Style.BRIEF) -> SummaryRequest:
    found = Paper(paper, "", "", (), UNTIL, "")
    return SummaryRequest(found, language, style, "any-model")


async def collected(end: datetime) -> tuple[Paper, ...]:
    batches = [await source.collect(Window(end - WEEK, end), TOPICS) for source in sample_sources(UNTIL)]
    return merge((), [paper for batch in batches for paper in batch.papers])


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.slug)
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_summary_passes_the_check(paper: SamplePaper, language: str) -> None:
    draft = await SampleSummarizer().summarize(request(paper.id, language))
    source = Paper(paper.id, paper.title, paper.abstract, paper.authors, UNTIL, paper.url)

    assert draft.stop is StopReason.COMPLETE
    assert check_draft(source, draft, language, Style.BRIEF) == ()
    assert len(draft.headline) <= (60 if language == "ja" else 120)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.slug)
def test_no_paper_can_be_taken_for_a_real_one(paper: SamplePaper) -> None:
    assert paper.id.scheme == "sample"
    assert paper.url.startswith("https://example.org/kawaraban-sample/")


async def test_three_days_that_each_bring_their_own() -> None:
    days = [await collected(UNTIL - DAY * n) for n in (2, 1, 0)]

    assert [len(day) for day in days] == [12, 18, 24]
    assert {paper.id for paper in days[0]} < {paper.id for paper in days[1]} < {paper.id for paper in days[2]}
    assert all(paper.comment == NOTE for paper in days[2])
    assert all(paper.listings and paper.published < min(s.seen_at for s in paper.listings) for paper in days[2])


async def test_sources_agree_on_a_paper_and_each_adds_its_own() -> None:
    (paper,) = [p for p in await collected(UNTIL) if p.id == PaperId("sample", "tidecache")]

    assert paper.sources == tuple(SourceName)
    assert paper.tldr
    assert paper.categories == ("cs.CL", "cs.LG")
    assert paper.keywords
    assert {signal.kind for signal in paper.signals} == set(SignalKind)


async def test_upvotes_grow_with_the_days() -> None:
    source = SampleSource(SourceName.HUGGINGFACE, UNTIL)
    counts = []
    for end in (UNTIL - 2 * DAY, UNTIL - DAY, UNTIL, UNTIL + 9 * DAY):
        batch = await source.enrich([Paper(PaperId("sample", "tidecache"), "", "", (), UNTIL, "")], end)
        counts += [s.value for s in batch.papers[0].signals if s.kind is SignalKind.UPVOTES]

    assert counts == [41, 88, 131, 131]


async def test_nothing_is_known_from_the_future() -> None:
    end = UNTIL - DAY
    signals = [signal for paper in await collected(end) for signal in paper.signals]

    assert signals
    assert all(signal.seen_at <= end for signal in signals)


async def test_papers_are_found_by_title_and_by_words() -> None:
    source = SampleSource(SourceName.ARXIV, UNTIL)
    title = sample_papers()[PaperId("sample", "mossmap")].title

    found = await source.find(PaperRef(RefKind.TITLE, title.upper()))
    assert found is not None
    assert found.title == title
    assert await source.find(PaperRef(RefKind.TITLE, "no such title")) is None
    assert await source.find(PaperRef(RefKind.ARXIV, "2602.00001")) is None
    assert [p.title for p in await source.search("interpretable FEATURES", 5)] == [title]
    assert len(await source.search("models", 2)) == 2
    assert await source.search("  ", 5) == []


async def test_an_unknown_paper_language_or_style_has_no_text() -> None:
    summarizer = SampleSummarizer()
    known = PAPERS[0].id
    assert (await summarizer.summarize(request(known, "JA-jp"))).headline == PAPERS[0].summaries["ja"].headline

    for wrong in (
        request(PaperId("sample", "none")),
        request(known, "de"),
        replace(request(known), style=Style.DETAILED),
    ):
        with pytest.raises(ModelRefusesUs) as caught:
            await summarizer.summarize(wrong)
        assert caught.value.code == "model.sample"
