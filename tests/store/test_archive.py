"""The archive: found by words of either language on every database, what the channel was shown first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.models import ChannelKey, PaperId, Section, SectionKind, Style, Summary
from bot.store.store import Store
from bot.store.tables import archive
from bot.store.tokens import asked_for, searchable
from tests.support.digests import hostile
from tests.support.stores import CHANNEL, NOW, digest, graph_paper, paper, summary, went_back

ELSEWHERE = ChannelKey("slack", "T1/C1")


async def found(store: Store, words: str, channel: ChannelKey | None = CHANNEL) -> list[str]:
    return [one.id.value for one in await store.archive.search(words, channel, 10)]


async def filled(store: Store) -> None:
    papers = [
        replace(paper(1, title="Naïve KV-cache eviction"), published=NOW - timedelta(days=9)),
        replace(paper(2, title="Serving agents with a KV cache"), published=NOW - timedelta(days=5)),
        paper(3, title="Never shown: another KV cache"),
        replace(paper(4, title="On lanterns"), abstract="", authors=("Grace Müller",)),
    ]
    await store.papers.save(papers)
    await store.digests.save(digest(papers[0]))
    await store.digests.mark_shown(ELSEWHERE, [papers[1].id], NOW)
    text = "電子計算機の推論を1.87倍高速化するDualPathを提案する。脳"
    long = Summary(
        "ja", Style.DETAILED, "見出し", "訳", (Section(SectionKind.METHOD, "紙の手法である"),), model="claude-test"
    )
    await store.summaries.put(papers[3].id, summary(text))
    await store.summaries.put(papers[3].id, long)


async def test_words_of_both_languages_find_papers(store: Store) -> None:
    await filled(store)

    japanese = ("電子計算機", "計算機の推論", "高速化", "脳", "推", "手法")
    for words in (*japanese, "ＤｕａｌＰａｔｈ", "dualp 推論", "muller", "3105.00004"):
        assert await found(store, words) == ["3105.00004"], words
    for words in ("計算推論", "dualpath2", "高速化 紙幣", "cache 脳", "", "!?", "\ud800"):
        assert await found(store, words) == [], words


async def test_what_the_channel_was_shown_comes_first_then_the_newest(store: Store) -> None:
    await filled(store)

    assert await found(store, "kv CACHE") == ["3105.00001", "3105.00002"]
    assert await found(store, "kv cache", ELSEWHERE) == ["3105.00002", "3105.00001"]
    assert await found(store, "kv cache", None) == ["3105.00002", "3105.00001"]
    assert [one.id.value for one in await store.archive.search("kv cache", None, 1)] == ["3105.00002"]


async def test_a_channels_own_papers_are_listed_the_newest_first(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    await store.digests.mark_shown(CHANNEL, [paper(1).id], NOW)
    await store.digests.mark_shown(CHANNEL, [paper(2).id], NOW + timedelta(days=1))

    assert [one.id for one in await store.archive.latest(CHANNEL)] == [paper(2).id, paper(1).id]
    assert [one.id for one in await store.archive.latest(CHANNEL, 1)] == [paper(2).id]
    assert await store.archive.latest(ELSEWHERE) == ()


async def test_two_papers_that_are_one_are_found_once(store: Store) -> None:
    young = graph_paper("g1", title="A brief title", doi="10.1/x")
    await store.papers.save([paper(1, title="A brief title"), young])
    for one in (paper(1).id, PaperId("s2", "g1")):
        await store.digests.mark_shown(ELSEWHERE, [one], NOW)
        await store.summaries.put(one, summary("提灯は夜に光る。"))
    await store.papers.save([paper(1, title="A brief title", doi="10.1/x"), young])

    assert await found(store, "提灯") == ["3105.00001"]
    assert await found(store, "brief") == ["3105.00001"]


async def test_what_was_there_before_the_archive_is_taken_in(
    new_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Store.open(new_database) as store:
        await filled(store)
        await went_back(store, "0004")
        async with store._database.writing() as connection:
            for statement in (
                "DROP TABLE archive",
                "ALTER TABLE spend DROP COLUMN asker",
                "ALTER TABLE collects DROP COLUMN since",
            ):
                await connection.exec_driver_sql(statement)
            if store._database.dialect == "sqlite":
                await connection.exec_driver_sql("DROP TABLE archive_words")

    async with Store.open(new_database) as store:
        assert await found(store, "計算機の推論") == ["3105.00004"]
        assert await found(store, "手法") == ["3105.00004"]
        assert await found(store, "kv cache") == ["3105.00001", "3105.00002"]


async def test_words_that_were_indexed_before_tex_was_read_are_indexed_once_more(new_database: str) -> None:
    typed = paper(1, title=r"A\textsuperscript{2}FM: Lanterns")
    async with Store.open(new_database) as store:
        await store.papers.save([typed, paper(2, title="Plain lanterns")])
        await store.digests.save(digest(typed, paper(2)))
        async with store._database.writing() as connection:
            # As the program indexed it before it read TeX.
            await connection.execute(update(archive).values(words="a textsuperscript 2 fm lanterns"))
        await went_back(store, "0007")

    async with Store.open(new_database) as store:
        assert await store.archive.search("A²FM", None, 5) == ()
        assert [await store.archive.renew(1) for _ in range(3)] == [1, 1, 0]
        assert [one.id for one in await store.archive.search("A²FM", None, 5)] == [typed.id]
        assert await store.archive.search("textsuperscript", None, 5) == ()
        await store.papers.save([paper(3)])
        await store.digests.save(digest(paper(3), days=1))
        assert await store.archive.renew(5) == 0


@given(st.one_of(hostile, st.text("ab日本語ー漢字かな12 -é", max_size=30)))
def test_every_text_is_found_by_all_of_itself_and_by_its_pieces(text: str) -> None:
    stored = searchable([text]).split()

    assert stored == sorted(set(stored))
    for asked in (text, text[: len(text) // 2].rpartition(" ")[0], text.upper() if text.isascii() else text):
        for token in asked_for(asked):
            assert any(one.startswith(token) for one in stored)
            assert token.isascii()
            assert token.isalnum()
