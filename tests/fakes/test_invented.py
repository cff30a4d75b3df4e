"""The invented days: the same everywhere, in the sizes and shapes of real ones, and with true summaries."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.checking.check import check_draft
from bot.models import Draft, Paper, PaperId, Section, SectionKind, StopReason, Style, Usage
from bot.sources.calendar import announced_at
from tests.fakes import invented
from tests.fakes.sources_corpus import Record
from tests.support.needs import ROOT

DIGEST = """
import hashlib, json
from tests.fakes import invented
corpus = invented.days()
print(hashlib.sha256(repr((corpus.records, corpus.daily)).encode()).hexdigest())
"""


def test_they_are_the_same_in_every_process() -> None:
    ours = invented.days()
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert digests == {hashlib.sha256(repr((ours.records, ours.daily)).encode()).hexdigest()}


def test_a_day_has_its_sizes_and_a_week_more_than_one_page() -> None:
    corpus = invented.days()
    sizes = {day: (len(corpus.listing(day)), len(items)) for day, items in corpus.daily.items()}

    assert sizes == invented.SIZES
    assert sum(announced for day, (announced, _) in sizes.items() if day.day >= 23) > 500


def test_no_id_can_be_that_of_a_real_paper() -> None:
    assert all(int(number.partition(".")[2]) > 90_000 for number in invented.days().records)
    assert len(invented.papers()) == len(invented.days().records)


def test_papers_are_announced_when_arxiv_would_announce_them() -> None:
    crossed = [record for record in invented.days().records.values() if not _is_new(record)]

    assert 0 < len(crossed) < 20
    assert all(record.published < announced_at(record.published) - timedelta(hours=1) for record in crossed)


def _is_new(record: Record) -> bool:
    return announced_at(record.published).date() == record.listed


def test_hugging_face_lists_what_arxiv_announced_and_some_papers_more() -> None:
    corpus = invented.days()
    for day, items in corpus.daily.items():
        listed = [corpus.records[item["paper"]["id"]] for item in items]
        assert len({record.id for record in listed}) == len(items)
        assert {record.announced for record in listed} == {True, False}
        assert all(record.listed == day for record in listed)
    everything = [item["paper"] for items in corpus.daily.values() for item in items]
    assert any("\n" in paper["summary"] for paper in everything)
    assert {"githubStars" in paper for paper in everything} == {True, False}


def test_the_landmark_is_announced_and_listed_on_its_day() -> None:
    record = invented.landmark()

    assert record.announced
    assert record.listed == invented.LANDMARK_DAY
    assert record.id in {item["paper"]["id"] for item in invented.days().daily[invented.LANDMARK_DAY]}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_said_of_a_paper_is_true(language: str) -> None:
    for paper in [*invented.papers().values()][::8]:
        texts, record = paper.texts[language], paper.record
        sections = tuple(Section(kind, getattr(texts, kind.value)) for kind in SectionKind)
        ours = Paper(PaperId.arxiv(record.id), record.title, record.abstract, (), record.published, "https://a.example")
        for style, text, parts in ((Style.BRIEF, texts.summary, ()), (Style.DETAILED, texts.abstract, sections)):
            draft = Draft("m", StopReason.COMPLETE, Usage(), texts.headline, text, parts)
            assert check_draft(ours, draft, language, style) == (), record.title
