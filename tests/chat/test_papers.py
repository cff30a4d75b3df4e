"""`/paper`: every way in has an answer, the first one comes at once, and what is shared goes through the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.chat import commands
from bot.chat.commands import LookUp, More
from bot.chat.papers import Papers
from bot.delivery.outbox import Outbox
from bot.errors import BudgetError, InputError, SourceError, StoreError
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    MessageRef,
    Paper,
    PaperId,
    PaperRef,
    PaperView,
    RefKind,
    Reply,
    SourceName,
    Style,
    Summary,
)
from bot.papers.details import Details
from bot.papers.lookup import MOST_ASKING, REMEMBERED_SECONDS, REMEMBERED_VIEWS, Lookup
from bot.ports import PaperSource
from bot.store.outcomes import Sent
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.words import words_for
from bot.words.replies import reply_lines
from tests.support.authors import COST, FIRST, HEADLINE, TEXT, Author, database, opened, paper
from tests.support.clocks import NOON, StandingClock
from tests.support.shelf import ListedNeighbours, ListedRecommender, Shelf

HERE = ChannelKey("slack", "T1/C1")
ANYBODY = Asker("U1")
DEFAULTS = ChannelSettings(language="ja")
ELSEWHERE = replace(paper(12), title="A paper that only the source knows")
SUMMARY = Summary("ja", Style.BRIEF, HEADLINE, TEXT, model=FIRST)
RESETS = NOON + timedelta(hours=12)


@dataclass
class Desk:
    """The use case on a store that has the papers 1 to 9, without summaries."""

    store: Store
    author: Author = field(default_factory=Author)
    shelf: Shelf = field(default_factory=lambda: Shelf((ELSEWHERE,)))
    clock: StandingClock = field(default_factory=StandingClock)
    cap: float | None = None
    woken: int = 0
    seconds: float = 1.0
    neighbours: ListedNeighbours = field(default_factory=ListedNeighbours)
    recommender: ListedRecommender = field(default_factory=ListedRecommender)

    def __post_init__(self) -> None:
        budget = Budget(self.store, self.cap, ZoneInfo("Asia/Tokyo"), self.clock)
        sources: Sequence[PaperSource] = (self.shelf,)
        summaries = Summaries(self.store, self.author, budget, (FIRST, None), self.clock)
        self.lookup = Lookup(self.store, sources, summaries, now=lambda: self.seconds)
        self.papers = Papers(
            self.store,
            self.lookup,
            Outbox(self.store, self.clock, wake=self.wake),
            Details(self.store, self.neighbours, self.recommender, self.clock),
            explain=lambda code: BudgetError(code, cap_usd=self.cap, resets_at=RESETS),
            voter=lambda platform, user: f"{platform}-{user}",
            defaults=DEFAULTS,
            clock=self.clock,
        )

    def wake(self) -> None:
        self.woken += 1

    async def replies(
        self, command: commands.PaperCommand, key: ChannelKey | None = HERE, asker: Asker = ANYBODY
    ) -> list[Reply]:
        found = [reply async for reply in self.papers.handle(asker, key, command)]
        assert [reply.working for reply in found] == [True] * (len(found) - 1) + [False]
        for reply in found:
            for language in ("ja", "en"):
                assert all(reply_lines(words_for(language), reply))
        return found

    async def sheet(self, text: str, key: ChannelKey | None = HERE, asker: Asker = ANYBODY) -> PaperView:
        (part,) = (await self.replies(LookUp(text), key, asker))[-1].parts
        assert isinstance(part, PaperView)
        return part

    async def subscribe(self, **settings: object) -> None:
        channel = Channel(HERE, replace(DEFAULTS, **settings), next_run_at=NOON)  # type: ignore[arg-type]  # its fields
        await self.store.channels.change(HERE, lambda _: channel)


def keys(replies: Sequence[Reply]) -> list[list[str]]:
    return [[sentence.key for sentence in reply.sentences] for reply in replies]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def desk(template: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(template, tmp_path) as store:
        yield Desk(store)


async def test_a_paper_that_is_new_is_announced_then_answered_then_cached(desk: Desk) -> None:
    first = await desk.replies(LookUp("2602.21548"))
    assert keys(first) == [["paper.working.looking"], ["error.input.unknown_paper"]]

    new = await desk.replies(LookUp("https://arxiv.org/abs/3105.00012v2"))
    again = await desk.replies(LookUp("arXiv:3105.00012"))

    assert keys(new) == [["paper.working.looking"], ["paper.working.summarising"], []]
    assert keys(again) == [[]]
    for reply in (new[-1], again[-1]):
        (sheet,) = reply.parts
        assert isinstance(sheet, PaperView)
        assert (sheet.paper.title, sheet.style, sheet.language) == (ELSEWHERE.title, Style.BRIEF, "ja")
        assert sheet.summary
    assert len(desk.author.asked) == 1
    assert desk.shelf.asked == 2


async def test_a_cached_paper_costs_few_reads_and_no_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.subscribe()
    await desk.sheet("3105.00001")
    database = desk.store._database
    reads, reading = [], database.reading

    def counted() -> object:
        reads.append(1)
        return reading()

    def refused() -> object:
        raise AssertionError("a cached paper needs no write")

    monkeypatch.setattr(database, "reading", counted)
    monkeypatch.setattr(database, "writing", refused)
    monkeypatch.setattr(database, "run", refused)
    assert (await desk.sheet("3105.00001")).summary
    assert len(reads) == 2  # the channel, and the paper with its summary
    assert (await desk.sheet("arXiv:3105.00001")).summary
    assert len(reads) == 3  # the channel alone
    desk.seconds += REMEMBERED_SECONDS
    assert (await desk.sheet("3105.00001")).summary
    assert len(reads) == 5


async def test_few_papers_are_remembered_and_only_with_their_summary(desk: Desk) -> None:
    await desk.store.papers.save(paper(number) for number in range(1, REMEMBERED_VIEWS + 9))
    for number in range(1, REMEMBERED_VIEWS + 9):
        await desk.store.summaries.put(paper(number).id, SUMMARY)
        await desk.sheet(f"3105.{number:05}")
    assert len(desk.lookup._views) == REMEMBERED_VIEWS
    await desk.store.papers.save([replace(paper(300), withdrawn=True)])
    await desk.sheet("3105.00300")
    assert ("arxiv:3105.00300", "ja", Style.BRIEF) not in desk.lookup._views


async def test_a_model_that_hangs_delays_no_first_word(desk: Desk) -> None:
    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    desk.author.pause = hang
    replies = desk.papers.handle(ANYBODY, HERE, LookUp("3105.00001"))
    said = [await anext(replies) for _ in range(2)]
    waiting = asyncio.ensure_future(anext(replies))
    await asyncio.sleep(0.05)

    assert keys(said) == [["paper.working.looking"], ["paper.working.summarising"]]
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait({waiting})


@pytest.mark.parametrize(
    ("key", "asker", "language"),
    [
        (HERE, Asker("U1", language="ja"), "en"),
        (ChannelKey("slack", "T1/C2"), Asker("U1", language="en-US"), "en"),
        (None, Asker("U1", language="zh-TW"), "zh-TW"),
        (None, Asker("U1", language="../ja"), "ja"),
        (None, Asker("U1"), "ja"),
    ],
)
async def test_the_language_is_the_channels_else_the_askers(
    desk: Desk, key: ChannelKey | None, asker: Asker, language: str
) -> None:
    await desk.subscribe(language="en", timezone="Europe/Berlin")

    replies = await desk.replies(LookUp("nonsense 3105.00001 ", style=Style.BRIEF), key, asker)

    assert {reply.language for reply in replies} == {language}
    assert {reply.timezone for reply in replies} == {"Europe/Berlin" if key == HERE else "Asia/Tokyo"}


async def test_words_of_a_title_give_a_choice_and_a_choice_gives_the_paper(desk: Desk) -> None:
    reply = (await desk.replies(LookUp("pebblesort sorting pebbles")))[-1]

    assert keys([reply]) == [["paper.choose"]]
    assert len(reply.choices) == 8
    chosen = (await desk.replies(commands.ShowPaper(reply.choices[2].id, Style.BRIEF)))[-1]
    (sheet,) = chosen.parts
    assert isinstance(sheet, PaperView)
    assert sheet.paper.id == reply.choices[2].id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "input.paper"),
        ("x" * 10_000, "input.paper"),
        ("<!channel>", "input.unknown_paper"),
        ("9999.99999.1", "input.paper"),
        ("DROP TABLE papers; --", "input.unknown_paper"),
        ("3105.77777", "input.unknown_paper"),
        ("\ud800\x00", "input.paper"),
    ],
)
async def test_what_names_no_paper_is_said(desk: Desk, text: str, code: str) -> None:
    assert keys(await desk.replies(LookUp(text)))[-1] == [f"error.{code}"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("hello", "paper.help.brief"),
        ("こんにちは！", "paper.help.brief"),
        ("thanks a lot", "paper.help.brief"),
        ("digest help", "paper.help.brief"),
        ("/digest subscribe ja", "paper.help.brief"),
        ("👍", "paper.help.brief"),
        ("help", "paper.help.lookup"),
        ("/paper ヘルプ", "paper.help.lookup"),
    ],
)
async def test_small_talk_gets_help_and_asks_no_source(desk: Desk, said: str, key: str) -> None:
    (reply,) = await desk.replies(LookUp(said))

    assert reply.sentences[0].key == key
    assert (len(reply.sentences) == 1) is (key == "paper.help.brief")
    assert (desk.shelf.asked, desk.author.asked) == (0, [])


async def test_a_paper_that_only_a_search_connects_with_the_words_is_offered_before_it_costs(desk: Desk) -> None:
    reply = (await desk.replies(LookUp("source")))[-1]
    assert keys([reply]) == [["paper.choose.one"]]
    assert [paper.id for paper in reply.choices] == [ELSEWHERE.id]
    assert desk.author.asked == []

    assert (await desk.sheet("only the source knows")).summary


async def test_several_papers_in_one_text_are_a_choice(desk: Desk) -> None:
    reply = (await desk.replies(LookUp("3105.00001v2 or https://arxiv.org/abs/3105.00002 or 3105.77777")))[-1]

    assert keys([reply]) == [["paper.choose.named"]]
    assert [paper.arxiv_id for paper in reply.choices] == ["3105.00001", "3105.00002"]
    assert desk.author.asked == []
    # One of them is no paper, or both are the same: there is nothing to choose.
    assert (await desk.sheet("3105.00001 or 3105.77777")).paper.arxiv_id == "3105.00001"
    assert keys(await desk.replies(LookUp("3105.77776 or 3105.77777")))[-1] == ["error.input.unknown_paper"]


async def test_sources_that_are_down_are_said_unless_the_paper_is_known(desk: Desk) -> None:
    desk.shelf.trouble = SourceError("source.timeout", source=SourceName.ARXIV)

    assert keys(await desk.replies(LookUp("3105.00012")))[-1] == ["error.source.timeout"]
    assert (await desk.sheet("3105.00003")).summary
    assert len((await desk.replies(LookUp("pebbles patient")))[-1].choices) == 8


async def test_a_paper_without_an_answer_of_the_model_is_shown_honestly(desk: Desk) -> None:
    withdrawn = replace(paper(3), withdrawn=True)
    await desk.store.papers.save([withdrawn])

    replies = await desk.replies(LookUp("3105.00003"))

    (sheet,) = replies[-1].parts
    assert isinstance(sheet, PaperView)
    assert sheet.failure
    assert (sheet.failure.code, len(replies)) == ("summary.withdrawn", 1)
    assert sheet.paper.withdrawn
    assert desk.author.asked == []


async def test_a_spent_budget_is_said_with_when_it_begins_anew(template: Path, tmp_path: Path) -> None:
    async with opened(template, tmp_path) as store:
        desk = Desk(store, cap=0.0)
        reply = (await desk.replies(LookUp("3105.00001")))[-1]

    (sheet,) = reply.parts
    assert isinstance(sheet, PaperView)
    assert sheet.failure
    assert sheet.excerpt
    assert reply_lines(words_for("en"), reply) == (
        "Today's budget for summaries is used up. It resets at February 28, 2026, 12:00 AM (Asia/Tokyo).",
    )


async def test_what_one_person_asks_for_leaves_room_for_others(template: Path, tmp_path: Path) -> None:
    async with opened(template, tmp_path) as store:
        desk = Desk(store, cap=4 * COST)
        failures = [
            (sheet.failure.code if sheet.failure else "")
            for number, asker in ((1, ANYBODY), (2, ANYBODY), (2, Asker("U2")), (3, Asker("U3")))
            for sheet in [await desk.sheet(f"3105.0000{number}", asker=asker)]
        ]

    assert failures == ["", "budget.person", "", "budget.channel"]


async def test_help_says_what_can_be_asked(desk: Desk) -> None:
    (reply,) = await desk.replies(commands.Help())

    assert "/paper 2602.21548" in reply_lines(words_for("ja"), reply)[0]


async def test_a_citation_is_a_document(desk: Desk) -> None:
    (reply,) = await desk.replies(commands.Cite(paper(4).id))

    (document,) = reply.documents
    assert (document.name, document.media_type) == ("3105.00004.bib", "application/x-bibtex")
    assert document.text.startswith("@misc{example")


@pytest.mark.parametrize("command", [commands.Cite, commands.ShowPaper, commands.Share])
async def test_a_paper_that_is_gone_is_said(desk: Desk, command: type) -> None:
    replies = await desk.replies(command(PaperId("arxiv", "0000.00000")))

    assert keys(replies)[-1] == ["error.input.unknown_paper"]


async def test_sharing_posts_the_sheet_once_a_day_for_votes(desk: Desk) -> None:
    share = commands.Share(paper(1).id)
    await desk.sheet("3105.00001")

    assert keys(await desk.replies(share)) == [["paper.shared"]]
    assert keys(await desk.replies(share)) == [["paper.shared.already"]]
    owner = await desk.store.workers.join("one", timedelta(minutes=5))
    (message,) = await desk.store.deliveries.claim(owner, 9, ["slack"], {})

    assert (message.channel, message.part, message.seeds) == (HERE, "share:arxiv:3105.00001:brief", ("👍", "👎"))
    sheet = message.content()
    assert isinstance(sheet, PaperView)
    assert sheet.summary
    assert sheet.paper.title == paper(1).title
    (row,) = await desk.store.deliveries.listed()
    assert row.paper == paper(1).id
    assert await desk.store.digests.shown(HERE) == {paper(1).id}
    assert desk.woken == 1
    desk.clock.pass_time(days=1)
    assert keys(await desk.replies(share)) == [["paper.shared"]]


async def test_a_paper_that_could_not_be_shared_is_not_lost_for_the_digest(desk: Desk) -> None:
    await desk.sheet("3105.00001")
    async with desk.store._database.writing() as connection:
        await connection.execute(text("ALTER TABLE deliveries RENAME TO elsewhere"))

    with pytest.raises(StoreError):
        await desk.replies(commands.Share(paper(1).id))

    assert await desk.store.digests.shown(HERE) == frozenset()
    assert desk.woken == 0


async def test_sharing_a_paper_that_was_not_summarised_yet_summarises_it(desk: Desk) -> None:
    await desk.subscribe(seed_reactions=False)

    assert keys(await desk.replies(commands.Share(paper(1).id))) == [["paper.working.looking"], ["paper.shared"]]
    owner = await desk.store.workers.join("one", timedelta(minutes=5))
    (message,) = await desk.store.deliveries.claim(owner, 9, ["slack"], {})
    assert message.seeds == ()
    sheet = message.content()
    assert isinstance(sheet, PaperView)
    assert sheet.summary


async def test_there_is_nothing_to_share_with_in_a_direct_message(desk: Desk) -> None:
    assert keys(await desk.replies(commands.Share(paper(1).id), None)) == [["paper.share.nowhere"]]
    assert await desk.store.deliveries.listed() == ()


async def test_papers_are_suggested_while_somebody_types(desk: Desk) -> None:
    await desk.replies(commands.Share(paper(1).id))
    owner = await desk.store.workers.join("one", timedelta(minutes=5))
    (message,) = await desk.store.deliveries.claim(owner, 9, ["slack"], {})
    await desk.store.deliveries.settle(owner, [Sent(message.id, MessageRef("slack", "1"))])

    async def suggested(text: str, key: ChannelKey | None = HERE, limit: int = 3) -> list[str]:
        return [found.id.value for found in await desk.papers.suggest(key, text, limit)]

    # What came lately, then what has such a summary, then what has such a title.
    assert await suggested("") == ["3105.00001"]
    assert await suggested("", None) == []
    assert (await suggested("pebblesort"))[0] == "3105.00001"
    assert len(await suggested("pebblesort", limit=9)) == 9
    await desk.sheet("3105.00005")
    assert {*await suggested("小石の整列", None)} == {"3105.00005", "3105.00001"}
    assert await suggested("no such paper") == []


async def test_every_way_of_naming_the_same_paper_finds_it_without_asking(desk: Desk) -> None:
    for ref in (PaperRef(RefKind.ARXIV, "3105.00001"), paper(1).id):
        assert await desk.lookup.described(ref, "ja", Style.BRIEF) is None
    await desk.sheet("3105.00001")
    asked = desk.shelf.asked
    for name in ("3105.00001v7", "https://huggingface.co/papers/3105.00001", "10.48550/arXiv.3105.00001"):
        assert (await desk.sheet(name)).summary
    assert desk.shelf.asked == asked


# --- what is around a paper -------------------------------------------------------------------


async def test_more_shows_similar_papers_that_can_be_asked_for(desk: Desk) -> None:
    desk.neighbours.ids = (paper(2).id,)
    desk.recommender.papers = (ELSEWHERE,)
    found = [reply async for reply in desk.papers.handle(ANYBODY, HERE, More(paper(1).id))]
    assert [reply.working for reply in found] == [True, False]
    details = found[-1].details
    assert details
    assert (details.paper.id, [one.id for one in details.similar]) == (paper(1).id, [paper(2).id, ELSEWHERE.id])
    assert (await desk.sheet(ELSEWHERE.title)).paper.title == ELSEWHERE.title


async def test_more_of_a_paper_that_is_gone_is_an_error(desk: Desk) -> None:
    found = [reply async for reply in desk.papers.handle(ANYBODY, HERE, More(PaperId.arxiv("2602.99999")))]
    assert [one.key for one in found[-1].sentences] == ["error.input.unknown_paper"]


async def test_a_flood_of_unknown_papers_keeps_nobody_waiting(desk: Desk) -> None:
    release = asyncio.Event()

    class Slow(Shelf):
        async def find(self, ref: PaperRef) -> Paper | None:
            await release.wait()
            return None

    lookup = Lookup(desk.store, [Slow(())], desk.lookup._summaries)
    refs = [PaperRef(RefKind.ARXIV, f"2603.{number:05}") for number in range(200)]
    asking = [asyncio.create_task(lookup.find(ref)) for ref in refs]
    waiting = set(asking)
    async with asyncio.timeout(60):
        while len(waiting) > MOST_ASKING:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    release.set()
    await asyncio.wait(asking)

    codes = [str(getattr(task.exception(), "code", "")) for task in asking]
    assert codes.count("input.lookups_busy") == 200 - MOST_ASKING
    assert codes.count("input.unknown_paper") == MOST_ASKING
    with pytest.raises(InputError, match=r"input\.unknown_paper"):
        await lookup.find(refs[0])
