"""`/digest`: who may change what, what changes, and what is said; in sentences of both languages."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text as sql

from bot.chat import commands
from bot.chat.answers import Answers
from bot.chat.channels import Channels
from bot.chat.parser import parse_digest
from bot.chat.registry import COMMANDS, TASTE
from bot.chat.specs import CommandSpec, Registry, names
from bot.chat.subscriptions import Subscriptions
from bot.delivery.outbox import Outbox
from bot.digests.digest import Explanation, Order
from bot.digests.schedule import next_due
from bot.errors import BotError, BudgetError, InputError, SourceError, StoreError
from bot.models import (
    Asker,
    Card,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Choice,
    DeliveryState,
    Digest,
    Layout,
    MessageRef,
    NewDelivery,
    NextStep,
    Notice,
    Paper,
    PaperId,
    PaperRef,
    PlannedRun,
    Reason,
    ReasonKind,
    RefKind,
    Reply,
    RunState,
    SourceName,
    Weekday,
    failed,
)
from bot.papers.lookup import Lookup
from bot.ports import ANYWHERE, Platforms
from bot.ranking.score import ScorePart
from bot.store.runs import MadeDigest
from bot.store.spend import Cause
from bot.store.store import Store
from bot.store.votes import StoredVote
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.votes import PaperVotes
from bot.words import sentences, words_for
from bot.words.replies import reply_lines
from tests.support.clocks import NOON, StandingClock
from tests.support.shelf import Shelf
from tests.support.specs import MUTE, with_more
from tests.support.stores import digest, listed, paper

HERE = ChannelKey("discord", "G1/C1")
DEFAULTS = ChannelSettings()
ADMIN, OWNER, NAMED, ANYBODY = Asker("U0", is_admin=True), Asker("U1"), Asker("U2"), Asker("U3")


@dataclass
class Desk:
    """The use case on an empty store, with what it asked of others."""

    store: Store
    clock: StandingClock = field(default_factory=StandingClock)
    registry: Registry = COMMANDS
    orders: list[Order] = field(default_factory=list)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    woken: int = 0
    shelf: Shelf = field(default_factory=Shelf)
    votes: dict[PaperId, PaperVotes] = field(default_factory=dict)
    explanation: Explanation | None = None
    platforms: Platforms = ANYWHERE
    since: datetime | None = None  # when the votes were to begin that were asked for last

    def __post_init__(self) -> None:
        budget = Budget(self.store, None, ZoneInfo("Asia/Tokyo"), self.clock)
        lookup = Lookup(self.store, (self.shelf,), Summaries(self.store, None, budget, ("m", None), self.clock))
        self.answers = Answers(
            self.store, self, parts, self, lookup, self.clock, self.registry, platforms=self.platforms
        )
        self.channels = Channels(
            self.store,
            self.answers,
            Subscriptions(self.store, lookup, DEFAULTS, self.clock, self.wake, self.registry, platforms=self.platforms),
            Outbox(self.store, self.clock, wake=self.wake, direct=direct),
            DEFAULTS,
        )

    async def make(self, order: Order) -> Digest:
        self.orders.append(order)
        return digest(paper(1), channel=order.channel.key)

    async def explain(self, channel: Channel, paper: Paper, at: datetime) -> Explanation:
        return replace(self.explanation or UNLISTED, paper=paper)

    async def forget_me(self, platform: str, user: str) -> int:
        self.forgotten.append((platform, user))
        return 3

    async def of_channel(self, channel: ChannelKey, since: datetime) -> dict[PaperId, PaperVotes]:
        self.since = since
        return self.votes if channel == HERE else {}

    def wake(self) -> None:
        self.woken += 1

    async def subscribed(self, **how: object) -> Channel:
        """A channel of OWNER's, in which NAMED is a manager too."""
        settings = replace(DEFAULTS, managers=(NAMED.user,), **how)  # type: ignore[arg-type]  # fields of the settings
        channel = Channel(HERE, settings, next_run_at=next_due(NOON, settings), subscribed_by=OWNER.user)
        await self.store.channels.change(HERE, lambda _: channel)
        return channel

    async def ask(self, text: str, asker: Asker = OWNER) -> Reply:
        """The last reply to what somebody types."""
        replies = [reply async for reply in self.channels.handle(asker, HERE, parse_digest(text, self.registry))]
        return replies[-1]

    async def said(self, text: str, asker: Asker = OWNER, language: str = "en") -> str:
        return "\n".join(reply_lines(words_for(language), await self.ask(text, asker)))

    async def stored(self) -> Channel:
        channel = await self.store.channels.get(HERE)
        assert channel
        return channel


UNLISTED = Explanation(paper(1), None, None, 9, shown=False, muted=False)


def direct(channel: ChannelKey, user: str) -> ChannelKey:
    return ChannelKey(channel.platform, f"@me/{user}")


def parts(made: Digest, settings: ChannelSettings) -> Sequence[NewDelivery]:
    return tuple(NewDelivery("card:1", Card(entry, made.date, settings.language, 1)) for entry in made.entries)


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    return Desk(sqlite_store)


# --- subscribing ------------------------------------------------------------------------------


async def test_subscribing_begins_with_the_next_due_time(desk: Desk) -> None:
    said = await desk.said("subscribe", Asker("U1", may_subscribe=True))

    assert await desk.stored() == Channel(
        HERE, DEFAULTS, ChannelState.ACTIVE, NOON + timedelta(hours=19), subscribed_by="U1"
    )
    assert said == "Subscribed.\nThe next digest arrives on February 28, 2026, 7:00 AM (Asia/Tokyo)."


async def test_subscribing_in_a_language_answers_in_it(desk: Desk) -> None:
    reply = await desk.ask("購読 en", ADMIN)

    assert reply.language == "en"
    assert (await desk.stored()).settings.language == "en"


async def test_subscribing_twice_says_so_and_keeps_the_first(desk: Desk) -> None:
    channel = await desk.subscribed()

    assert "already" in await desk.said("subscribe", ADMIN)
    assert await desk.stored() == channel


async def test_unsubscribing_keeps_the_settings_for_the_next_time(desk: Desk) -> None:
    channel = await desk.subscribed(size=3)

    await desk.ask("unsubscribe")
    off = await desk.stored()
    assert off == replace(channel, state=ChannelState.OFF, next_run_at=None)
    assert await desk.store.channels.earliest() is None

    await desk.ask("size 4", ADMIN)
    assert (await desk.stored()).next_run_at is None
    await desk.ask("subscribe")
    assert await desk.stored() == replace(channel, settings=replace(channel.settings, size=4))


async def test_a_stopped_channel_says_why_and_begins_again(desk: Desk) -> None:
    await desk.subscribed()
    await desk.store.channels.stop(HERE, "schedule.impossible")

    assert "give no delivery time" in await desk.said("status", ANYBODY)
    await desk.ask("subscribe", ADMIN)
    assert (await desk.stored()).problem == ""
    assert (await desk.stored()).state is ChannelState.ACTIVE


# --- who may ----------------------------------------------------------------------------------

CHANGES = (
    "subscribe", "unsubscribe", "time 08:00", "days mon", "language en", "size 3", "layout compact", "topics cs.CV",
    "keywords +x", "authors +y", "quiet on", "news off", "emoji 🍣 2", "managers +<@U9>", "now", "like agents",
)  # fmt: skip
READS = (
    "preview", "status", "help", "forget-me", "time", "days", "language", "size", "layout", "topics", "keywords",
    "authors", "quiet", "news", "emoji", "managers", "like", "top", "search x", "export", "why 3105.00001",
)  # fmt: skip


def test_the_tables_name_every_command() -> None:
    assert {text.split()[0] for text in (*CHANGES, *READS)} == set(names(COMMANDS.specs))


@pytest.mark.parametrize("text", CHANGES)
async def test_changing_is_for_those_who_may(desk: Desk, text: str) -> None:
    channel = await desk.subscribed()

    for stranger in (ANYBODY, Asker(""), Asker("U3", may_subscribe=True)):
        refusal = await desk.said(text, stranger)
        assert refusal == "Only people with the Manage Server permission and these people can change this: U1, U2."
    assert await desk.stored() == channel
    assert await desk.store.runs.latest(9) == ()

    for allowed in (ADMIN, OWNER, NAMED):
        assert "can change this" not in await desk.said(text, allowed)


@pytest.mark.parametrize("text", READS)
async def test_reading_is_for_everyone(desk: Desk, text: str) -> None:
    await desk.store.papers.save([paper(1)])
    assert await desk.said(text, ANYBODY)
    channel = await desk.subscribed()
    for language in ("ja", "en"):
        assert await desk.said(text, ANYBODY, language)

    assert await desk.stored() == channel


async def test_nobody_but_an_admin_brings_it_where_the_platform_says_so(desk: Desk) -> None:
    assert await desk.said("subscribe", ANYBODY) == "Only people with the Manage Server permission can change this."
    assert await desk.store.channels.get(HERE) is None
    assert "not subscribed" in await desk.said("size 3", ADMIN)
    assert "not subscribed" in await desk.said("now", ADMIN)


async def test_who_may_subscribe_a_new_channel_may_not_take_over_an_old_one(desk: Desk) -> None:
    await desk.subscribed()
    await desk.ask("unsubscribe")

    assert "can change this" in await desk.said("subscribe", Asker("U3", may_subscribe=True))


async def test_people_are_written_as_the_platform_does(desk: Desk) -> None:
    await desk.subscribed()

    (line,) = reply_lines(words_for("ja"), await desk.ask("now", ANYBODY), lambda user: f"<@{user}>")

    assert line == "設定を変更できるのは「サーバー管理」の権限を持つ人と、次の人だけです: <@U1>、<@U2>。"


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("time 08:30", {"time": time(8, 30)}),
        ("time 08:30 europe/berlin", {"time": time(8, 30), "timezone": "Europe/Berlin"}),
        ("time 8 JST", {"time": time(8)}),
        ("days 平日", {"days": tuple(Weekday)[:5]}),
        ("language EN_us", {"language": "en-US"}),
        ("size 20", {"size": 20}),
        ("layout page", {"layout": Layout.PAGE}),
        ("topics cs.cv", {"topics": ("cs.CV",)}),
        ("keywords +Agents, +reasoning -survey", {"keywords": ("Agents", "reasoning"), "muted_keywords": ("survey",)}),
        ("authors +Ada Example", {"authors": ("Ada Example",)}),
        ("quiet on", {"quiet": True}),
        ("news off", {"news": False}),
        ("emoji 👍🏽 2 🍣 -1", {"emoji": (("👍", 2.0), ("🍣", -1.0))}),
        ("managers +<@U9> -<@U2>", {"managers": ("U9",)}),
        ("like KV cache, agentic inference", {"description": "KV cache, agentic inference"}),
    ],
)
async def test_what_changes(desk: Desk, text: str, changed: dict[str, object]) -> None:
    channel = await desk.subscribed()

    await desk.ask(text)

    settings = replace(channel.settings, **changed)  # type: ignore[arg-type]  # fields of the settings
    assert await desk.stored() == replace(channel, settings=settings, next_run_at=next_due(NOON, settings))


async def test_a_new_time_says_when_the_next_one_comes(desk: Desk) -> None:
    await desk.subscribed()

    said = await desk.said("time 18:30 Europe/Berlin")

    assert said.splitlines() == [
        "Time: 18:30 (Europe/Berlin), every day",
        "The next digest arrives on February 27, 2026, 6:30 PM (Europe/Berlin).",
    ]


async def test_names_go_up_and_down_one_step_at_a_time(desk: Desk) -> None:
    await desk.subscribed()

    async def lists(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        await desk.ask(text)
        settings = (await desk.stored()).settings
        return settings.keywords, settings.muted_keywords

    assert await lists("keywords +Agents") == (("Agents",), ())
    assert await lists("keywords +agents") == (("Agents",), ())
    assert await lists("keywords -AGENTS") == ((), ())
    assert await lists("keywords -agents") == ((), ("agents",))
    assert await lists("keywords +Agents") == ((), ())
    assert await lists("keywords +a -b") == (("a",), ("b",))
    assert await lists("keywords clear") == ((), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [("time 7:00 Mars/Olympus", "timezone"), ("time 7:00 ../../etc", "timezone"), ("language klingon", "language")],
)
async def test_what_only_looks_right_is_refused(desk: Desk, text: str, code: str) -> None:
    channel = await desk.subscribed()

    with pytest.raises(InputError) as raised:
        await desk.ask(text)

    assert raised.value.code == f"input.{code}"
    assert await desk.stored() == channel


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (commands.SetSize(0), "size"),
        (commands.SetSize(21), "size"),
        (commands.SetDays(()), "days"),
        (commands.SetTopics(()), "topics"),
        (commands.SetTopics(("cs.XX",)), "topics"),
        (commands.SetTopics(("cs.CL", "AI")), "topics_meant"),
        (commands.SetEmoji((("👍", 3.0),)), "emoji"),
        (commands.SetEmoji((("\ufe0f", 1.0),)), "emoji"),
        (commands.SetEmoji((("👍", float("nan")),)), "emoji"),
        (commands.ChangeManagers(tuple(map(str, range(51)))), "too_many"),
        (commands.ChangeKeywords(commands.Steps(tuple(map(str, range(51))))), "too_many"),
    ],
)
async def test_commands_that_no_parser_made_are_checked_too(desk: Desk, command: commands.Command, code: str) -> None:
    await desk.subscribed()

    with pytest.raises(InputError) as raised:
        [reply async for reply in desk.channels.handle(ADMIN, HERE, command)]

    assert raised.value.code == f"input.{code}"


async def test_the_usual_table_of_emoji_comes_back(desk: Desk) -> None:
    await desk.subscribed(emoji=(("🍣", 2.0),))

    assert await desk.said("emoji") == (
        "Emoji values: 🍣 2\n`/digest taste emoji 🍣 2 👎 0`: the value of emoji here (-2 to 2; 0 is ignored); `clear` "
        "restores the default."
    )
    assert await desk.said("emoji clear") == "Emoji values: default"


# --- one registry -----------------------------------------------------------------------------


class Dance:
    """A command that nobody knows."""


async def test_what_has_no_case_is_no_silence(desk: Desk) -> None:
    channel = await desk.subscribed()
    for unknown in (Dance(), object()):
        with pytest.raises(AssertionError, match="unreachable"):
            [_ async for _ in desk.channels.handle(ADMIN, HERE, unknown)]  # type: ignore[arg-type]  # what is tested
        with pytest.raises(AssertionError, match="unreachable"):
            [_ async for _ in desk.answers.answer(ADMIN, channel, unknown, known=True)]  # type: ignore[arg-type]  # same
    assert await desk.stored() == channel


@pytest.mark.parametrize("spec", [spec for spec in COMMANDS.specs if spec.setting], ids=lambda spec: spec.name)
async def test_what_cannot_be_told_is_not_written(sqlite_store: Store, spec: CommandSpec) -> None:
    (text,) = [text for text in CHANGES if text.split()[0] == spec.name]
    desk = Desk(sqlite_store, registry=Registry(one for one in COMMANDS.specs if one.makes is not spec.makes))
    channel = await desk.subscribed()

    with pytest.raises(KeyError, match=spec.makes.__name__):
        [_ async for _ in desk.channels.handle(OWNER, HERE, parse_digest(text))]
    assert await desk.stored() == channel


async def test_one_more_command_is_helped_with_permitted_shown_and_told(sqlite_store: Store) -> None:
    desk = Desk(sqlite_store, registry=with_more([MUTE]))
    await desk.subscribed()

    assert "channels.help.mute" in [sentence.key for sentence in (await desk.ask("help", ANYBODY)).sentences]
    shown = await desk.ask("taste mute", ANYBODY)
    assert [sentence.key for sentence in shown.sentences] == ["channels.set.authors.none", "channels.help.mute"]
    assert "channels.refused.people" in [said.key for said in (await desk.ask("mute Ada", ANYBODY)).sentences]
    assert await desk.said("選び方 ミュート Ada") == "Muted authors: Ada"
    assert (await desk.stored()).settings.muted_authors == ("Ada",)
    assert (await desk.said("status")).count("Muted authors: Ada") == 1


# --- looking ----------------------------------------------------------------------------------


async def test_status_tells_everything_in_both_languages(desk: Desk) -> None:
    await desk.subscribed(
        keywords=("agents\nand <more>",), muted_authors=("Bo Example",), quiet=True, days=(Weekday.MON, Weekday.FRI)
    )
    run = PlannedRun(date(2026, 2, 27), NOON, NOON + timedelta(hours=12))
    await desk.store.runs.request(HERE, run)
    await desk.store.papers.save([paper(1)])
    cast = StoredVote(MessageRef("discord", "1"), "one", "👍", HERE, paper(1).id, present=True, at=NOON)
    elsewhere = replace(cast, message=MessageRef("discord", "2"), channel=ChannelKey("discord", "G2/C1"))
    gone, old = replace(cast, emoji="🎉", present=False), replace(cast, emoji="🍣", at=NOON - timedelta(days=31))
    await desk.store.votes.put([cast, replace(cast, emoji="❤️"), elsewhere, gone, old])
    for purpose, usd, hours in (("summary", 0.0125, 0), ("question", 0.25, 0), ("question", 9.0, -24)):
        at = NOON + timedelta(hours=hours)
        await desk.store.spend.reserve(at.date(), usd, [], Cause(at, "m", purpose, str(HERE)))
    await desk.store.spend.reserve(NOON.date(), 9.0, [], Cause(NOON, "m", "question", "discord:G2/C1"))

    assert (await desk.said("status", language="ja")).splitlines() == [
        "次のダイジェストは2026年3月2日 7:00（Asia/Tokyo）に届きます。",
        "2026年2月27日金曜日のダイジェストを作成しています。",
        "この30日間の票: 2票（1人、論文1本）",
        "今日の費用（質問）: $0.25",
        "今日の費用（要約）: $0.0125",
        "時刻: 07:00（Asia/Tokyo）、月、金",
        "言語: 日本語",
        "論文の数: 5本",
        "配置: スレッド（見出しの下に論文ごとの投稿）",
        "分野: cs.CL、cs.AI、cs.LG",
        "キーワード: agents and <more>",
        "除外する著者: Bo Example",
        "論文のない日: 何も送信しない",
        "届いた論文の続報: 論文のスレッドに投稿",
        "絵文字の値: 標準のまま",
        "設定を変更できる人: U2",
        "好みの例にした論文: なし",
    ]


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.FAILED])
async def test_status_says_what_became_of_the_last_one(desk: Desk, state: RunState) -> None:
    await desk.subscribed()
    owner = await desk.store.workers.join("one", timedelta(minutes=5))
    await desk.store.runs.request(HERE, PlannedRun(date(2026, 2, 27), NOON, NOON + timedelta(hours=12)))
    (run,) = await desk.store.runs.claim(owner, NOON, 1)
    await desk.store.runs.put_off(owner, run, NOON, "model.overloaded")
    assert "could not be made yet" in await desk.said("status")

    (run,) = await desk.store.runs.claim(owner, NOON, 1)
    await desk.store.runs.drop(owner, run, NOON, state, "schedule.missed")
    assert "the bot was not running that day" in await desk.said("status")


async def test_status_of_a_channel_that_nobody_subscribed(desk: Desk) -> None:
    lines = (await desk.said("status", ANYBODY)).splitlines()

    assert lines[0] == "This channel is not subscribed yet. Subscribe with `/digest subscribe`."
    assert lines[1] == "Time: 07:00 (Asia/Tokyo), every day"


async def test_help_lists_every_command(desk: Desk) -> None:
    for language in ("ja", "en"):
        lines = (await desk.said("help", ANYBODY, language)).splitlines()
        assert [shown.split("`")[1] for shown in lines if "…" in shown] == ["/digest channel …", "/digest taste …"]
        headings = [number for number, shown in enumerate(lines) if "`" not in shown]
        flat, channel, taste = map(COMMANDS.members, (None, *COMMANDS.groups))
        reading = [spec for spec in flat if spec.only_reads]
        changing = [spec for spec in flat if not spec.only_reads]
        assert headings == [0, len(reading) + 1]  # for everyone, then for those who may change something
        examples = [
            shown.split("`")[1].removeprefix("/digest ") for shown in lines if "`" in shown and "…" not in shown
        ]
        assert len(examples) == len(COMMANDS.specs)
        for spec, example in zip((*reading, *changing, *channel, *taste), examples, strict=True):
            words = [spec.group.name, spec.name] if spec.group else [spec.name]
            assert example.split()[: len(words)] == words
            assert isinstance(parse_digest(re.sub("@(name|名前)", "<@U1>", example)), spec.makes)


async def test_a_group_shows_its_settings_and_what_changes_them(desk: Desk) -> None:
    await desk.subscribed(size=3, keywords=("agents",))

    lines = (await desk.said("taste", ANYBODY)).splitlines()
    assert lines[:4] == [
        "Keywords: agents",
        "Authors: none",
        "Emoji values: default",
        "Example papers: none",
    ]
    assert [line.split()[2] for line in lines[4:]] == [*names(COMMANDS.members(TASTE))]
    lines = (await desk.said("チャンネル", ANYBODY)).splitlines()
    assert lines[:3] == ["Time: 07:00 (Asia/Tokyo), every day", "Language: Japanese", "Size: 3 papers"]
    assert sum(line.startswith("Time:") for line in lines) == 1
    assert await desk.said("channel time", ANYBODY) == await desk.said("time", ANYBODY)


async def test_a_preview_is_for_the_asker_and_stored_nowhere(desk: Desk) -> None:
    channel = await desk.subscribed(quiet=True)

    replies = [reply async for reply in desk.channels.handle(ANYBODY, HERE, commands.Preview())]

    assert [reply.sentences[0].key for reply in replies] == ["channels.preview.working", "channels.preview.ready"]
    assert [type(part) for part in replies[-1].parts] == [Card]
    assert desk.orders == [Order(channel, date(2026, 2, 27), NOON, preview=True)]
    assert await desk.store.deliveries.listed() == ()


async def test_a_preview_needs_no_subscription(desk: Desk) -> None:
    assert (await desk.ask("preview", ANYBODY)).parts
    assert desk.orders[0].channel == Channel(HERE, DEFAULTS)


async def test_todays_digest_can_be_sent_now_once(desk: Desk) -> None:
    await desk.subscribed()
    owner = await desk.store.workers.join("one", timedelta(minutes=5))

    assert "on its way" in await desk.said("now")
    assert desk.woken == 1
    (run,) = await desk.store.runs.claim(owner, NOON, 1)
    assert (run.channel, run.day, run.due_at) == (HERE, date(2026, 2, 27), NOON)
    assert "being made" in await desk.said("now")
    await desk.store.runs.finish(owner, run, NOON, MadeDigest(0, (), "discord"))
    assert "already sent" in await desk.said("now")
    assert await desk.store.runs.claim(owner, NOON, 1) == ()


async def test_nothing_is_sent_now_where_it_was_unsubscribed(desk: Desk) -> None:
    await desk.subscribed()
    await desk.ask("unsubscribe")

    assert "Nothing is sent to this channel" in await desk.said("now")
    assert await desk.store.runs.latest(1) == ()


async def test_forgetting_tells_all_that_is_gone(desk: Desk) -> None:
    await desk.subscribed()
    assert "1 channel;" in await desk.said("forget-me", NAMED)
    assert (await desk.stored()).settings.managers == ()


async def test_forgetting_is_passed_on(desk: Desk) -> None:
    assert "3" in await desk.said("forget-me", ANYBODY)
    assert desk.forgotten == [("discord", "U3")]


# --- what the channel likes -------------------------------------------------------------------


async def likes(desk: Desk, text: str) -> tuple[list[str], str]:
    await desk.ask(text)
    settings = (await desk.stored()).settings
    return [liked.value for liked in settings.likes], settings.description


async def test_papers_are_named_as_examples_and_taken_back(desk: Desk) -> None:
    await desk.subscribed()
    await desk.store.papers.save([paper(1)])
    desk.shelf.papers = (paper(2),)

    assert await likes(desk, "like 3105.00001 https://arxiv.org/abs/3105.00002v3") == (["3105.00001", "3105.00002"], "")
    assert await likes(desk, 'like "fast inference"') == (["3105.00001", "3105.00002"], "fast inference")
    assert await likes(desk, "like −3105.00001 3105.00002") == (["3105.00002"], "fast inference")
    assert (await desk.said("like")).splitlines()[:2] == [
        "Example papers: 3105.00002",
        "Wanted, in words: fast inference",
    ]
    assert await likes(desk, "like clear") == ([], "")


async def test_a_paper_that_cannot_be_found_changes_nothing(desk: Desk) -> None:
    channel = await desk.subscribed()
    await desk.store.papers.save([paper(1), paper(2)])

    for command, code in (
        (commands.ChangeLikes((PaperRef(RefKind.ARXIV, "3105.00009"),)), "input.unknown_paper"),
        (commands.ChangeLikes((PaperRef(RefKind.TITLE, "lanterns"),)), "input.several_papers"),
        (commands.Configure((commands.SetSize(3), commands.ChangeLikes((PaperRef(RefKind.TITLE, "x y z"),)))), "input"),
    ):
        with pytest.raises(InputError) as raised:
            [reply async for reply in desk.channels.handle(OWNER, HERE, command)]
        assert raised.value.code.startswith(code)
    assert await desk.stored() == channel


async def test_a_form_names_papers_too(desk: Desk) -> None:
    await desk.store.papers.save([paper(1)])
    liked = commands.ChangeLikes((PaperRef(RefKind.ARXIV, "3105.00001"),), description="agents")
    form = commands.Configure((commands.SetSize(3), liked), subscribe=True)

    replies = [reply async for reply in desk.channels.handle(ADMIN, HERE, form)]

    assert [reply.working for reply in replies] == [True, False]
    settings = (await desk.stored()).settings
    assert (settings.size, settings.likes, settings.description) == (3, (paper(1).id,), "agents")


# --- looking back -----------------------------------------------------------------------------


async def test_the_best_papers_of_a_while(desk: Desk) -> None:
    await desk.subscribed(language="en")
    await desk.store.papers.save(paper(number) for number in range(1, 15))
    desk.votes = {paper(n).id: PaperVotes(float(n), n % 4 + 1) for n in range(1, 13)}
    desk.votes[paper(13).id] = PaperVotes(-1.0, 9)
    desk.votes[PaperId.arxiv("gone")] = PaperVotes(99.0, 1)

    reply = await desk.ask("top month", ANYBODY)

    lines = reply_lines(words_for("en"), reply)
    assert lines[:3] == (
        "This channel's favourite papers of the last 30 days:",
        "1. Paper lanterns, volume 12 (1 person)",
        "2. Paper lanterns, volume 11 (4 people)",
    )
    assert [chosen.id for chosen in reply.choices] == [paper(n).id for n in range(12, 3, -1)]
    assert desk.since == NOON - timedelta(days=30)
    desk.votes = {}
    assert "No paper got a positive vote in the last 7 days" in await desk.said("top")
    assert desk.since == NOON - timedelta(days=7)


CHOSEN = Choice(
    paper(1),
    1.4567,
    (Reason(ReasonKind.SEED, subject="Kites, weighed"), Reason(ReasonKind.TOPIC, subject="cs.CL")),
    {"upvotes": 0.9, "taste": -0.25, "freshness": 0.001, "topic": 0.8, "new_part": 0.1},
)


@pytest.mark.parametrize(
    ("explanation", "listed_at", "said"),
    [
        (
            Explanation(paper(1), CHOSEN, 3, 40, shown=False, muted=False),
            NOON,
            "Ranked 3 of 40 current candidates",
        ),
        (Explanation(paper(1), CHOSEN, 6, 40, shown=False, muted=False), NOON, "so others come first"),
        (Explanation(paper(1), CHOSEN, 3, 40, shown=True, muted=False), NOON, "already shown here"),
        (Explanation(paper(1), None, None, 40, shown=False, muted=True), NOON, "matches a keyword or author"),
        (Explanation(paper(1), None, None, 40, shown=False, muted=False), NOON, "no source has announced it"),
        (
            Explanation(paper(1), CHOSEN, 3, 40, shown=False, muted=False),
            NOON - timedelta(days=8),
            "not announced in the last 7 days",
        ),
    ],
)
async def test_any_paper_can_be_explained(desk: Desk, explanation: Explanation, listed_at: datetime, said: str) -> None:
    await desk.store.papers.save([paper(1, listed(at=listed_at))])
    desk.explanation = explanation

    replies = [r async for r in desk.channels.handle(ANYBODY, HERE, parse_digest("why 3105.00001"))]

    assert [reply.working for reply in replies] == [True, False]
    title, standing, *score = reply_lines(words_for("en"), replies[-1])
    assert title == paper(1).title
    assert said in standing
    assert score == (
        []
        if explanation.choice is None
        else [
            "In its favour: similar to this channel's example: Kites, weighed, topic cs.CL",
            "Score: 1.46, made up of:",
            "upvotes on Hugging Face +0.90",
            "topic +0.80",
            "this channel's taste -0.25",
            "new_part +0.10",
        ]
    )


async def test_digest_alone_tells_the_state_and_what_to_do_next(desk: Desk) -> None:
    fresh = await desk.ask("")
    assert [sentence.key for sentence in fresh.sentences] == ["channels.begin", "channels.begin.help"]
    assert fresh.steps == (NextStep.SUBSCRIBE, NextStep.SETTINGS, NextStep.HELP)
    await desk.subscribed()
    going = await desk.ask("")
    assert [sentence.key for sentence in going.sentences] == ["channels.state.active", "channels.begin.help"]
    assert going.steps == (NextStep.SETTINGS, NextStep.HELP)
    await desk.ask("unsubscribe")
    assert (await desk.ask("")).steps == fresh.steps
    for step in NextStep:  # each step is a command, with a label in both languages
        assert parse_digest(step.value)
        assert all(words_for(language).say(f"step.{step.value}") for language in ("ja", "en"))


async def test_a_paper_is_not_explained_by_itself(desk: Desk) -> None:
    await desk.store.papers.save([paper(1, listed(at=NOON))])
    itself = Reason(ReasonKind.SIMILAR, subject=paper(1).title.upper())
    for others in ((), (Reason(ReasonKind.TOPIC, subject="cs.CL"),)):
        choice = replace(CHOSEN, paper=paper(1), reasons=(itself, *others))
        desk.explanation = Explanation(paper(1), choice, 3, 40, shown=False, muted=False)
        said = await desk.said("why 3105.00001")
        assert ("In its favour: topic cs.CL\n" in said, "In its favour" in said) == (bool(others), bool(others))


async def test_a_thumb_down_is_nobody_who_likes_a_paper(desk: Desk) -> None:
    await desk.subscribed(language="en")
    await desk.store.papers.save([paper(1)])
    desk.votes = {paper(1).id: PaperVotes(2.0, 4, against=1)}

    assert "1. Paper lanterns, volume 1 (3 people)" in await desk.said("top")


async def test_status_counts_the_emoji_that_have_a_value(desk: Desk) -> None:
    await desk.subscribed(language="en", emoji=(("🍣", 0.0),))
    await desk.store.papers.save([paper(1)])
    for number, (emoji, voter) in enumerate((("👍", "a"), ("👎", "b"), ("🍣", "c"), (":shipit:", "d"), ("1️⃣", "a"))):
        await desk.store.votes.put(
            [StoredVote(MessageRef("discord", str(number)), voter, emoji, HERE, paper(1).id, present=True, at=NOON)]
        )
    desk.clock.pass_time(days=1)

    assert "Votes in the last 30 days: 3 (people: 2, papers: 1)" in await desk.said("status")


async def test_an_example_that_nobody_knows_can_be_taken_back(desk: Desk) -> None:
    await desk.store.papers.save([paper(1)])
    gone = PaperId("arxiv", "2602.00001")
    await desk.subscribed(language="en", likes=(gone, paper(1).id))

    assert "3105.00001" in await desk.said("like -2602.00001")
    assert (await desk.stored()).settings.likes == (paper(1).id,)
    # As help writes it: what was never there is no reason to refuse the rest.
    await desk.ask("like 3105.00001 -2602.00001")
    desk.shelf.trouble = SourceError("source.timeout", source=SourceName.ARXIV)
    await desk.ask("like -2602.00002 -10.1000/abc")
    assert (await desk.stored()).settings.likes == (paper(1).id,)


async def test_a_withdrawn_paper_is_explained(desk: Desk) -> None:
    await desk.store.papers.save([replace(paper(1), withdrawn=True)])

    assert "its authors withdrew it" in await desk.said("why 3105.00001")
    assert "著者が取り下げた" in await desk.said("why 3105.00001", language="ja")


@pytest.mark.parametrize("part", ScorePart)
def test_every_part_of_a_score_has_words(part: ScorePart) -> None:
    assert all(f"score.{part.value}" in words_for(language) for language in ("ja", "en"))


async def test_the_archive_is_searched(desk: Desk) -> None:
    await desk.store.papers.save([paper(1), paper(2, title="Weighing kites")])
    await desk.store.digests.mark_shown(HERE, [paper(2).id], NOON)

    reply = await desk.ask("search KITE weigh", ANYBODY)

    assert [found.id for found in reply.choices] == [paper(2).id]
    assert reply_lines(words_for("ja"), reply) == ("「KITE weigh」を含む論文です。",)
    assert "None of the papers shown so far" in await desk.said("検索 dragon")


async def test_papers_and_votes_are_handed_out_in_every_form(desk: Desk) -> None:
    await desk.store.papers.save([replace(paper(1), title="=SUM(A1), a formula", authors=("Ada", "Bo")), paper(2)])
    await desk.store.digests.mark_shown(HERE, [paper(1).id], NOON)
    desk.votes = {paper(1).id: PaperVotes(2.0, 2), paper(2).id: PaperVotes(-1.0, 1)}

    reply = await desk.ask("export", ANYBODY)

    names = [document.name for document in reply.documents]
    assert names == ["kawaraban-2026-02-27.csv", "kawaraban-2026-02-27.json", "kawaraban-2026-02-27.bib"]
    table, whole, bibliography = (document.text for document in reply.documents)
    first, second = csv.DictReader(StringIO(table))
    assert (first["id"], first["title"], first["authors"]) == ("arxiv:3105.00001", "'=SUM(A1), a formula", "Ada; Bo")
    assert (first["shown_at"], first["value"], first["voters"]) == ("2026-02-27T03:00:00+00:00", "2.0", "2")
    assert (second["id"], second["shown_at"], second["value"]) == ("arxiv:3105.00002", "", "-1.0")
    read = json.loads(whole)
    assert (read["version"], read["channel"], len(read["papers"])) == (1, str(HERE), 2)
    assert read["papers"][0]["title"] == "=SUM(A1), a formula"
    assert bibliography.count("@misc{") == 2
    (one,) = (await desk.ask("export bib", ANYBODY)).documents
    assert one == reply.documents[2]


async def test_there_is_nothing_to_hand_out_at_first(desk: Desk) -> None:
    assert (await desk.ask("export", ANYBODY)).documents == ()
    assert await desk.said("export") == "No papers have been shown in this channel yet."


# --- forms ------------------------------------------------------------------------------------

FORM = (commands.SetSize(3), commands.SetTime(time(8), "Europe/Berlin"), commands.SetLanguage("en"))


async def configured(
    desk: Desk, asker: Asker, *changes: commands.RequestedChange, subscribe: bool = False
) -> Sequence[str]:
    command = commands.Configure(changes, subscribe)
    replies = [reply async for reply in desk.channels.handle(asker, HERE, command)]
    return [sentence.key for sentence in replies[-1].sentences]


async def test_a_form_subscribes_with_all_that_it_says(desk: Desk) -> None:
    said = await configured(desk, Asker("U1", may_subscribe=True), *FORM, subscribe=True)

    settings = replace(DEFAULTS, size=3, time=time(8), timezone="Europe/Berlin", language="en")
    assert said[:2] == ["channels.subscribed", "channels.state.active"]
    assert said[2:] == ["channels.set.time", "channels.set.language", "channels.set.size"]
    assert await desk.stored() == Channel(
        HERE, settings, ChannelState.ACTIVE, next_due(NOON, settings), subscribed_by="U1"
    )


async def test_a_form_changes_a_channel_that_is_subscribed(desk: Desk) -> None:
    channel = await desk.subscribed()

    said = await configured(desk, NAMED, *FORM)

    settings = replace(channel.settings, size=3, time=time(8), timezone="Europe/Berlin", language="en")
    assert await desk.stored() == replace(channel, settings=settings, next_run_at=next_due(NOON, settings))
    assert said[0] == "channels.set.time"
    assert said[-1] == "channels.state.active"
    again = await configured(desk, NAMED, commands.SetTime(time(9)), commands.SetSize(3), subscribe=True)
    assert again == ["channels.set.time", "channels.state.active"]  # what was saved, not what was sent
    assert await configured(desk, NAMED, *FORM[2:], subscribe=True) == [
        "channels.subscribed.already", "channels.state.active"
    ]  # fmt: skip
    stored = await desk.stored()
    assert (stored.subscribed_by, stored.next_run_at) == (OWNER.user, next_due(NOON, stored.settings))


@pytest.mark.parametrize("subscribe", [True, False])
async def test_a_form_is_taken_as_a_whole_or_not_at_all(desk: Desk, subscribe: bool) -> None:
    channel = await desk.subscribed()

    with pytest.raises(InputError):
        await configured(desk, ADMIN, commands.SetSize(3), commands.SetLanguage("klingon"), subscribe=subscribe)
    assert await desk.stored() == channel

    assert await configured(desk, ANYBODY, commands.SetSize(3), subscribe=subscribe) == ["channels.refused.people"]
    assert await desk.stored() == channel


async def test_a_form_without_the_wish_to_subscribe_does_not(desk: Desk) -> None:
    assert await configured(desk, ADMIN, *FORM) == ["channels.not_subscribed"]
    assert await desk.channels.get(HERE) is None


# --- what adapters tell -----------------------------------------------------------------------


async def test_the_bot_greets_once_where_nobody_subscribed(desk: Desk) -> None:
    await desk.channels.invited(HERE, "en")
    desk.clock.pass_time(days=2)
    await desk.channels.invited(HERE, "ja")

    (greeting,) = await desk.store.deliveries.listed()
    assert (greeting.channel, greeting.part, greeting.state) == (HERE, "greeting", DeliveryState.DUE)
    assert desk.woken == 1


async def test_the_bot_does_not_greet_where_digests_come(desk: Desk) -> None:
    await desk.subscribed()
    await desk.channels.invited(HERE, "en")

    assert await desk.store.deliveries.listed() == ()


async def test_whoever_subscribed_is_told_once_that_the_channel_is_closed(desk: Desk) -> None:
    channel = await desk.subscribed(language="en")
    for code in ("platform.archived", "platform.not_member"):
        await desk.channels.removed(HERE, code)

    assert await desk.stored() == replace(
        channel, state=ChannelState.STOPPED, next_run_at=None, problem="platform.archived"
    )
    owner = await desk.store.workers.join("one", timedelta(minutes=5))
    (told,) = await desk.store.deliveries.claim(owner, 9, ["discord"], {})
    assert told.channel == ChannelKey("discord", "@me/U1")
    notice = told.content()
    assert isinstance(notice, Notice)
    assert notice.about == HERE
    for language in ("ja", "en"):
        said = sentences.notice(words_for(language), notice)
        assert words_for(language).say("problem.platform.archived") in said


async def test_a_channel_is_not_stopped_before_somebody_can_be_told(desk: Desk) -> None:
    await desk.subscribed()
    async with desk.store._database.writing() as connection:
        await connection.execute(sql("ALTER TABLE deliveries RENAME TO elsewhere"))

    with pytest.raises(StoreError):
        await desk.channels.removed(HERE, "platform.archived")

    assert (await desk.stored()).state is ChannelState.ACTIVE


async def test_nobody_is_told_of_a_channel_that_got_nothing(desk: Desk) -> None:
    await desk.channels.removed(HERE, "platform.archived")
    await desk.subscribed()
    await desk.ask("unsubscribe")
    await desk.channels.removed(HERE, "platform.archived")

    assert await desk.store.deliveries.listed() == ()
    assert (await desk.stored()).state is ChannelState.OFF


async def test_a_channel_that_nobody_is_known_to_have_subscribed_just_stops(desk: Desk) -> None:
    await desk.store.channels.change(HERE, lambda _: Channel(HERE, next_run_at=NOON))
    await desk.channels.removed(HERE, "platform.archived")

    assert (await desk.stored()).state is ChannelState.STOPPED
    assert await desk.store.deliveries.listed() == ()


async def test_a_workspace_is_seen_at_a_glance_and_forgotten(desk: Desk) -> None:
    channel = await desk.subscribed()

    assert await desk.channels.overview("discord", "G1") == (channel,)
    assert await desk.channels.overview("slack", "G1") == ()
    await desk.channels.forget_workspace("discord", "G1")
    assert await desk.channels.get(HERE) is None


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["nonsense", "size 99", "time 25:00", "x" * 2000])
async def test_what_cannot_be_read_can_be_answered(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_digest(text)

    for language in ("ja", "en"):
        (line,) = reply_lines(words_for(language), failed(raised.value, language))
        assert line == words_for(language).error(raised.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            BudgetError("budget.day", cap_usd=1.0, resets_at=NOON + timedelta(hours=12)),
            "Today's budget for summaries is used up. It resets at February 28, 2026, 12:00 AM (Asia/Tokyo).",
        ),
        (BudgetError("budget.day"), "Today's budget for summaries is used up. It resets at midnight."),
        (
            SourceError("source.status", source="arxiv", status=500),
            "arXiv is not working properly, so the paper could not be found. Try again later.",
        ),
        (StoreError("store.full", path="/srv/secret"), "The bot's database is not responding. Try again later."),
        (
            BotError("new.thing", path="/srv/secret"),
            "Something went wrong. Try again later; if it persists, tell whoever runs the bot (new.thing).",
        ),
    ],
)
def test_people_in_a_chat_are_told_what_they_can_do(error: BotError, said: str) -> None:
    assert reply_lines(words_for("en"), failed(error, "en", "Asia/Tokyo")) == (said,)
    (japanese,) = reply_lines(words_for("ja"), failed(error, "ja", "Asia/Tokyo"))
    assert japanese.endswith("。")


async def test_a_zone_that_is_gone_is_shown_in_utc(desk: Desk) -> None:
    reply = replace(await desk.ask("subscribe", ADMIN), timezone="Mars/Olympus")

    assert reply_lines(words_for("en"), reply)[1] == "The next digest arrives on February 27, 2026, 10:00 PM (UTC)."


async def test_every_state_of_a_stop_has_words(desk: Desk) -> None:
    await desk.subscribed()
    await desk.store.channels.stop(HERE, "platform.something_new")

    assert "platform.something_new" in await desk.said("status")
