"""Full texts are kept for a day, whole, and never more of them than there is room for."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update

from bot.models import BlockKind, FullText, PaperId, TextBlock, TextSection, TextSource
from bot.reading.html import read_html
from bot.store import fulltexts, tables
from bot.store.engine import utc_now
from bot.store.store import Store
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_pages import page

PAPER = PaperId.arxiv("2602.90001")


def text_of(*sentences: str) -> FullText:
    section = TextSection("S1", "One", 1, (TextBlock("S1.p1", BlockKind.PARAGRAPH, sentences, "S1.p1"),))
    return FullText(PAPER, TextSource.HTML, (section,), unread=("reading.no_html",), dropped=(("hidden", 2),))


async def test_a_text_comes_back_as_it_was(store: Store) -> None:
    text = read_html(page(content_of("store"), "2602.90001v2").encode())
    await store.full_texts.put(PAPER, 2, text)

    assert await store.full_texts.get(PAPER, 2) == text
    assert await store.full_texts.get(PAPER, 1) is None
    assert await store.full_texts.get(PaperId.arxiv("2602.90002"), 2) is None


async def test_a_later_text_takes_the_place_of_an_earlier_one(store: Store) -> None:
    await store.full_texts.put(PAPER, 0, text_of("One."))
    await store.full_texts.put(PAPER, 0, text_of("Two. \ud800\x00"))

    kept = await store.full_texts.get(PAPER, 0)
    assert kept is not None
    assert [sentence for _, sentence in kept.sentences()] == ["Two. \ufffd\x00"]


async def test_a_text_is_kept_for_a_day(store: Store) -> None:
    await store.full_texts.put(PAPER, 0, text_of("Old."))
    await set_back(store, fulltexts.KEPT + timedelta(seconds=1))

    assert await store.full_texts.get(PAPER, 0) is None
    await store.full_texts.forget(utc_now() - fulltexts.KEPT)
    assert await rows(store) == 0


async def test_the_newest_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltexts, "MOST", 2)
    for version in (1, 2, 3):
        await store.full_texts.put(PAPER, version, text_of(f"{version}."))

    assert [bool(await store.full_texts.get(PAPER, version)) for version in (1, 2, 3)] == [False, True, True]


async def test_a_text_that_is_too_large_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltexts, "LARGEST", 10_000)
    await store.full_texts.put(PAPER, 0, text_of(Random(1).randbytes(20_000).hex()))

    assert await rows(store) == 0


async def test_a_text_in_another_form_is_read_again(store: Store) -> None:
    await store.full_texts.put(PAPER, 0, text_of("One."))
    async with store._database.writing() as connection:
        await connection.execute(update(tables.full_texts).values(record=b"of another time"))

    assert await store.full_texts.get(PAPER, 0) is None


async def set_back(store: Store, by: timedelta) -> None:
    async with store._database.writing() as connection:
        await connection.execute(update(tables.full_texts).values(at=utc_now() - by))


async def rows(store: Store) -> int:
    async with store._database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(tables.full_texts))).scalar_one())
