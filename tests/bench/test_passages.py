"""The bench of passages: its self-check, and how it reads others' data."""

from __future__ import annotations

import pytest

from bench.passages import read, self_check

FIRST = "Lanterns hang on the lines in the night, and the wind goes through them until the morning comes."
SECOND = "The glue dries in three hours. It is made of rice."


async def test_evidence_is_found_in_invented_papers() -> None:
    assert await self_check() == []


def document(*evidence: object, **more: object) -> dict[str, object]:
    questions = [{"question": "How long?", "evidence": one, **more} for one in evidence]
    sections = [{"title": "Glue", "paragraphs": [FIRST, SECOND]}]
    return {"papers": [{"title": "Lanterns", "abstract": "We hang.", "sections": sections, "questions": questions}]}


@pytest.mark.parametrize(
    ("evidence", "numbers"),
    [
        ([SECOND], [{2}]),
        (["glue dries in THREE hours"], [{2}]),
        ([FIRST, SECOND], [{1, 2}]),
        ([f"{FIRST} {SECOND}"], [{1}]),  # the second one is too short to be told from chance
        ([[FIRST], [SECOND]], [{1}, {2}]),
        ([[FIRST], []], [{1}]),
    ],
)
def test_evidence_is_located(evidence: object, numbers: list[set[int]]) -> None:
    (paper,), lost, without = read(document(evidence))
    assert [set(one) for one in paper.cases[0].evidence] == numbers
    assert (lost, without) == (0, 0)


def test_evidence_that_a_paper_does_not_have_is_counted() -> None:
    (paper,), lost, without = read(document(["a figure"], ["a figure", SECOND], []))
    assert (len(paper.cases), lost, without) == (1, 2, 2)


def test_language_and_phrases_are_read() -> None:
    (paper,), *_ = read(document([SECOND], language="ja", phrases=["glue"]))
    assert (paper.cases[0].language, paper.cases[0].phrases) == ("ja", ("glue",))
