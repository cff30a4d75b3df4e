"""What counts as news of a paper, and what does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.models import NewsKind, PaperEvent, PaperId, Sighting, SourceName
from bot.papers.news import events, remembered, sighting
from tests.support.stores import paper

AT = datetime(2031, 5, 14, 7, tzinfo=UTC)
ID = PaperId.arxiv("3105.00001")
CODE = "https://github.com/ada/lanterns"
ARXIV, HF, S2 = SourceName.ARXIV, SourceName.HUGGINGFACE, SourceName.SEMANTIC_SCHOLAR


def told(before: Sighting | None, now: Sighting) -> list[PaperEvent]:
    return list(events(ID, before, now, AT))


@pytest.mark.parametrize("now", [Sighting(), Sighting(3), Sighting(1, True, CODE)])
def test_the_first_sight_of_a_paper_is_no_news(now: Sighting) -> None:
    assert told(None, now) == []


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (Sighting(1), Sighting(2), PaperEvent(ID, NewsKind.VERSION, AT, version=2)),
        (Sighting(2), Sighting(5), PaperEvent(ID, NewsKind.VERSION, AT, version=5)),
        (Sighting(1), Sighting(2, withdrawn=True), PaperEvent(ID, NewsKind.WITHDRAWN, AT)),
        (Sighting(2), Sighting(2, withdrawn=True), PaperEvent(ID, NewsKind.WITHDRAWN, AT)),
        (Sighting(), Sighting(code_url=CODE), PaperEvent(ID, NewsKind.CODE, AT, address=CODE)),
    ],
)
def test_what_differs_from_the_last_sight_is_news_once(before: Sighting, now: Sighting, expected: PaperEvent) -> None:
    assert told(before, now) == [expected]
    assert told(remembered(before, now), now) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Sighting(2), Sighting(2)),
        (Sighting(2), Sighting(1)),  # a cached answer
        (Sighting(2), Sighting()),
        (Sighting(), Sighting(2)),  # the first that names a version
        (Sighting(2, withdrawn=True), Sighting(3, withdrawn=True)),
        (Sighting(code_url=CODE), Sighting()),
        (Sighting(code_url=CODE), Sighting(code_url=f"{CODE}-2")),
    ],
)
def test_what_says_no_more_than_before_is_no_news(before: Sighting, now: Sighting) -> None:
    assert told(before, now) == []


def test_an_answer_that_lacks_something_takes_nothing_back() -> None:
    full = Sighting(3, withdrawn=True, code_url=CODE)
    assert remembered(full, Sighting()) == full
    assert remembered(full, Sighting(1)) == full


def test_each_source_is_believed_about_its_own_subject_only() -> None:
    record = replace(paper(1), version=2, withdrawn=True, code_url=CODE)
    assert sighting(ARXIV, record) == Sighting(2, withdrawn=True)
    assert sighting(HF, record) == Sighting(code_url=CODE)
    assert sighting(S2, record) == Sighting(withdrawn=True)
    assert sighting(HF, None) == Sighting()
