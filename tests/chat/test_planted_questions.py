"""The sixty planted questions, typed into a chat: 0 unverified quotations reach a reader, and every right one does."""

from __future__ import annotations

import asyncio

import pytest

from bot.claude.answer import ClaudeAnswerer
from bot.claude.client import Claude
from bot.models import AnswerKind, AnswerView, Asker, MessageRef, Where
from bot.store.store import Store
from tests.support import standins
from tests.support.planted import COUNT, Planted, PlantedReader, planted_paper, planted_questions
from tests.support.questioning import HERE, Room

QUESTIONS = planted_questions()
TEXTS = {paper.id: dict(text.sentences()) for paper, text in map(planted_paper, range(COUNT))}


async def asked(store: Store, url: str) -> dict[Planted, AnswerView]:
    """Ask every question in a thread of its paper, four at a time, and return what is shown in the end."""
    await store.papers.save([paper for paper, _ in map(planted_paper, range(COUNT))])
    views: dict[Planted, AnswerView] = {}
    slots = asyncio.Semaphore(4)
    async with Claude("key", base_url=url) as client:
        room = Room(store, ClaudeAnswerer(client), PlantedReader())

        async def ask(number: int, planted: Planted) -> None:
            where = Where("fake", HERE, MessageRef("fake", str(planted.paper.arxiv_id)))
            async with slots:
                text = f"{planted.paper.arxiv_id} {planted.question}"
                views[planted] = await room.asks(Asker(f"U{number}"), text, where)

        await asyncio.gather(*(ask(number, planted) for number, planted in enumerate(QUESTIONS)))
    return views


@pytest.mark.parametrize("mode", ["ok", "answers_invented", "answers_elsewhere", "answers_silent"])
async def test_no_quotation_is_false(sqlite_store: Store, claude: standins.Claude, mode: str) -> None:
    claude.mode(mode)

    views = await asked(sqlite_store, claude.url)

    assert len(views) == 60
    for planted, view in views.items():
        assert view.answer
        assert [paper.id for paper in view.papers] == [planted.paper.id]
        quotations = [one for claim in view.answer.claims for one in claim.quotations]
        assert all(TEXTS[one.paper][one.sentence] == one.text for one in quotations)
        if mode != "ok":
            assert quotations == []
            assert view.answer.kind in (AnswerKind.UNPROVED, AnswerKind.NOT_SAID)
        elif planted.answer is None:
            assert view.answer.kind is AnswerKind.NOT_SAID
        else:
            assert [one.sentence for one in quotations] == [planted.answer], planted.question
