"""Reactions as votes: the right tally whatever the order, and what is read back; on both databases."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AmbiguousError, PermanentError, TransientError
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    Digest,
    MessageRef,
    NewDelivery,
    Notice,
    PaperId,
    Reaction,
    Tally,
)
from bot.store.engine import utc_now
from bot.store.outcomes import Sent
from bot.store.spend import Cap, Cause
from bot.store.store import Store
from bot.store.votes import StoredVote
from bot.taste.votes import KEPT, PaperVotes, Votes
from tests.support.stores import digest, emptied, paper, reusing_the_store

SECRET = b"an invented secret of some length"
HERE = ChannelKey("fake", "C1")
NOW = utc_now().replace(microsecond=0)  # messages are sent now, by the database's own clock
LONG_AGO = NOW - timedelta(days=365)
HEADLINE, CARD_1, CARD_2, NOTICE = (MessageRef("fake", f"{HERE.name}/{n}") for n in range(4))


@dataclass
class FakeReactions:
    """What a platform shows now; a message that is not in `shown` is gone."""

    shown: dict[MessageRef, Tally] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)
    asked: int = 0

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        raise NotImplementedError

    async def read(self, ref: MessageRef) -> Tally:
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        if ref not in self.shown:
            raise PermanentError("platform.message_gone", platform="fake", whole_channel=False)
        return self.shown[ref]


def reaction(
    emoji: str = "👍", voter: str = "ada", seconds: float = 0, *, on: MessageRef = CARD_1, present: bool = True
) -> Reaction:
    return Reaction(on, voter, emoji, present, NOW + timedelta(seconds=seconds))


def removal(emoji: str = "👍", voter: str = "ada", seconds: float = 0, *, on: MessageRef = CARD_1) -> Reaction:
    return reaction(emoji, voter, seconds, on=on, present=False)


async def no_sleep(seconds: float) -> None:
    await asyncio.sleep(0)


def votes_of(store: Store) -> Votes:
    return Votes(store, SECRET, lambda: NOW + timedelta(hours=1), sleep=no_sleep)


async def posted(store: Store) -> Digest:
    """A digest of two papers in the channel, as a headline, two cards and a notice."""
    made = digest(paper(1), paper(2), channel=HERE)
    await store.papers.save([entry.paper for entry in made.entries])
    await store.digests.save(made)
    await store.channels.change(HERE, lambda _: Channel(HERE, next_run_at=NOW))
    content = Notice("digest.title", "ja")
    items = [
        NewDelivery("headline", content),
        *(NewDelivery(f"card:{e.rank}", content, paper=e.paper.id) for e in made.entries),
        NewDelivery("notice", content),
    ]
    await store.deliveries.enqueue(HERE, made.date, items, "fake", NOW)
    owner = await store.workers.join("one", timedelta(days=9999))
    messages = iter((HEADLINE, CARD_1, CARD_2, NOTICE))
    await store.deliveries.hurry()
    while claimed := await store.deliveries.claim(owner, 9, ("fake",), {}):
        await store.deliveries.settle(owner, [Sent(one.id, next(messages)) for one in claimed])
    return made


@pytest.fixture
async def votes(store: Store) -> Votes:
    await posted(store)
    return votes_of(store)


FIRST, SECOND = paper(1).id, paper(2).id


async def tally(votes: Votes) -> dict[PaperId, PaperVotes]:
    return await votes.of_channel(HERE, LONG_AGO)


async def test_a_reaction_votes_for_its_paper(votes: Votes) -> None:
    await votes.record([reaction(), reaction("👎", "bo"), reaction("🔥", "cy", on=CARD_2), reaction("👍🏽", "dee")])

    assert await tally(votes) == {FIRST: PaperVotes(1, 3), SECOND: PaperVotes(2, 1)}


async def test_a_number_on_the_headline_votes_for_the_paper_of_that_rank(votes: Votes) -> None:
    await votes.record([reaction("2️⃣", on=HEADLINE), reaction("1⃣", "bo", on=HEADLINE)])

    assert await tally(votes) == {FIRST: PaperVotes(1, 1), SECOND: PaperVotes(1, 1)}
    assert votes.ignored == 0


async def test_what_says_nothing_about_a_paper_is_ignored_and_counted(votes: Votes) -> None:
    await votes.record(
        [
            reaction("👍", on=HEADLINE),
            reaction("3️⃣", on=HEADLINE),
            reaction("1️⃣", on=CARD_1),
            reaction("👍", on=NOTICE),
            reaction("👍", on=MessageRef("fake", "nobody's")),
            reaction("\ufe0f"),
            reaction(voter=""),
        ]
    )

    assert await tally(votes) == {}
    assert votes.ignored == 7


async def test_taking_the_emoji_away_takes_the_vote_away(votes: Votes) -> None:
    await votes.record([reaction(), removal(seconds=1)])
    assert await tally(votes) == {}

    await votes.record([reaction(seconds=2)])
    assert await tally(votes) == {FIRST: PaperVotes(1, 1)}


async def test_all_emoji_of_a_message_or_of_one_kind_can_be_taken_off_at_once(votes: Votes) -> None:
    given = [reaction("👍", "ada"), reaction("🎉", "len"), reaction("👎", "eve"), reaction("👍", "ada", on=CARD_2)]
    waiting = asyncio.create_task(votes.record(given))
    await asyncio.sleep(0)  # told, but perhaps not stored yet
    await votes.clear(CARD_1, NOW + timedelta(seconds=1), "🎉")
    await waiting
    assert sorted(vote.value for vote in (await tally(votes)).values()) == [0.0, 1.0]
    await votes.record([reaction("🔥", "eve", 5)])
    await votes.clear(CARD_1, NOW + timedelta(seconds=2))
    assert sorted(vote.value for vote in (await tally(votes)).values()) == [1.0, 2.0]  # what came later stays


async def test_late_and_repeated_events_change_nothing(votes: Votes) -> None:
    await votes.record([removal(seconds=5)])
    await votes.record([reaction(seconds=1), reaction(seconds=1)])
    assert await tally(votes) == {}

    await votes.record([reaction(seconds=9), removal(seconds=5)])
    await votes.record([removal(seconds=5)])
    assert await tally(votes) == {FIRST: PaperVotes(1, 1)}


@pytest.mark.parametrize("together", [True, False])
async def test_at_the_same_instant_the_removal_counts(votes: Votes, together: bool) -> None:
    events = [removal(), reaction(), removal(voter="bo"), reaction(voter="bo")]
    for batch in [events] if together else [[event] for event in events]:
        await votes.record(batch)

    assert await tally(votes) == {}


async def test_one_person_counts_no_more_than_two_thumbs(votes: Votes) -> None:
    await votes.record([reaction(emoji) for emoji in ("👍", "🔥", "🎉", "❤️")])

    assert await tally(votes) == {FIRST: PaperVotes(2, 1)}


async def test_a_channel_gives_emoji_its_own_values_afterwards_too(store: Store, votes: Votes) -> None:
    await votes.record([reaction("🍣"), reaction("👍", "bo")])
    settings = ChannelSettings(emoji=(("🍣", 1.5), ("👍", 0.0)))
    await store.channels.change(HERE, lambda c: c and replace(c, settings=settings))

    assert await tally(votes) == {FIRST: PaperVotes(1.5, 1)}


async def test_an_instant_without_a_zone_is_a_mistake_of_its_caller_alone(votes: Votes) -> None:
    wrong = replace(reaction(), at=NOW.replace(tzinfo=None))

    results = await asyncio.gather(votes.record([wrong]), votes.record([reaction("👍", "bo")]), return_exceptions=True)

    assert isinstance(results[0], ValueError)
    assert await tally(votes) == {FIRST: PaperVotes(1, 1)}


async def test_no_id_of_a_person_is_stored(store: Store, votes: Votes) -> None:
    await votes.record([reaction(voter="U-ada-inkwell"), reaction("\ud800", "\ud800")])

    stored = await store.votes.on_message(CARD_1)
    assert "ada" not in repr(stored)
    assert votes.voter("fake", "x") != votes.voter("other", "x")
    assert votes.voter("fake", "x") != Votes(store, b"another secret", utc_now).voter("fake", "x")


async def test_many_events_in_any_order_from_many_callers_give_exactly_the_right_tally(
    store: Store, votes: Votes
) -> None:
    """5,000 events, some of them removals and duplicates, as a platform's connection would hand them over."""
    chance = random.Random(5)
    people = [f"U{n}" for n in range(120)]
    events = [
        reaction(emoji, voter, seconds, on=on, present=chance.random() < 0.7)
        for on, emoji in ((CARD_1, "👍"), (CARD_1, "👎"), (CARD_2, "🔥"), (HEADLINE, "1️⃣"), (HEADLINE, "2️⃣"))
        for voter in people
        for seconds in chance.sample(range(10_000), 6)
    ]
    expected = {}
    for event in sorted(events, key=lambda event: event.at):
        expected[event.message, votes.voter("fake", event.voter), event.emoji] = event.present
    events += chance.sample(events, 1400)
    chance.shuffle(events)

    await asyncio.gather(*(votes.record(events[n : n + 3]) for n in range(0, len(events), 3)))

    stored = [vote for on in (HEADLINE, CARD_1, CARD_2) for vote in await store.votes.on_message(on)]
    assert len(events) == 5000
    assert {(v.message, v.voter, v.emoji.replace("⃣", "️⃣")): v.present for v in stored} == expected
    assert votes.ignored == 0


events = st.lists(
    st.builds(
        reaction,
        st.sampled_from("👍👎🔥"),
        st.sampled_from(["ada", "bo"]),
        st.integers(0, 4),
        on=st.sampled_from([CARD_1, CARD_2]),
        present=st.booleans(),
    ),
    max_size=20,
)


@reusing_the_store
@given(batches=st.lists(events, max_size=4), chance=st.randoms(use_true_random=False))
async def test_only_the_newest_word_counts(
    sqlite_store: Store, batches: list[Sequence[Reaction]], chance: random.Random
) -> None:
    await posted(await emptied(sqlite_store))
    votes = votes_of(sqlite_store)
    every = [event for batch in batches for event in batch]
    newest = {}
    for event in sorted(every, key=lambda event: (event.at, not event.present)):
        newest[event.message, votes.voter("fake", event.voter), event.emoji] = event.present
    for batch in batches:
        await votes.record(batch)
    chance.shuffle(every)
    await votes.record(every)

    stored = [vote for on in (CARD_1, CARD_2) for vote in await sqlite_store.votes.on_message(on)]

    assert {(vote.message, vote.voter, vote.emoji): vote.present for vote in stored} == newest


# --- read back --------------------------------------------------------------------------------


async def test_a_complete_answer_adds_and_removes(votes: Votes) -> None:
    await votes.record([reaction(), reaction("👎", "bo")])
    platform = FakeReactions({CARD_1: Tally((("👍🏽", ("cy", "ada")), ("🔥", ("dee",))), complete=True)})

    assert await votes.reconcile({"fake": platform}) == 1

    assert await tally(votes) == {FIRST: PaperVotes(4, 3)}
    assert platform.asked == 3  # the headline and the cards, not the notice


async def test_an_incomplete_answer_only_adds_and_a_message_that_is_gone_changes_nothing(votes: Votes) -> None:
    await votes.record([reaction(), reaction(on=CARD_2)])
    platform = FakeReactions({CARD_1: Tally((("👍", ("bo",)),), complete=False)})

    await votes.reconcile({"fake": platform})

    assert await tally(votes) == {FIRST: PaperVotes(2, 2), SECOND: PaperVotes(1, 1)}


async def test_numbers_on_the_headline_are_read_back(votes: Votes) -> None:
    platform = FakeReactions({HEADLINE: Tally((("2️⃣", ("ada",)), ("👍", ("bo",))), complete=True)})

    await votes.reconcile({"fake": platform})

    assert await tally(votes) == {SECOND: PaperVotes(1, 1)}


async def test_what_happened_after_the_answer_counts_more(store: Store, votes: Votes) -> None:
    platform = FakeReactions({CARD_1: Tally((("👍", ("ada",)),), complete=True)})
    await votes.reconcile({"fake": platform})
    later = Votes(store, SECRET, lambda: NOW + timedelta(hours=2), sleep=no_sleep)

    await later.record([removal(seconds=3601)])

    assert await tally(later) == {}


async def test_a_platform_that_asks_for_a_pause_is_asked_again(votes: Votes) -> None:
    platform = FakeReactions({CARD_1: Tally((("👍", ("ada",)),), complete=True)})
    platform.troubles = [
        TransientError("platform.rate_limited", platform="fake", seconds=1e9),
        PermanentError("platform.message_gone", platform="fake"),
        AmbiguousError("platform.timeout", platform="fake"),
    ]

    assert await votes.reconcile({"fake": platform}) == 0
    assert await votes.reconcile({"fake": platform}) == 1


async def test_one_of_several_processes_reads_back(store: Store, votes: Votes) -> None:
    platform = FakeReactions()
    for _ in range(2):
        await votes.reconcile({"fake": platform}, unless_within=timedelta(minutes=10))

    assert platform.asked == 3
    later = Votes(store, SECRET, lambda: NOW + timedelta(hours=2), sleep=no_sleep)
    await later.reconcile({"fake": platform}, unless_within=timedelta(minutes=10))
    assert platform.asked == 6


async def test_a_platform_without_reactions_is_left_alone(votes: Votes) -> None:
    assert await votes.reconcile({}) == 0


# --- forgetting -------------------------------------------------------------------------------


async def test_who_wants_to_be_forgotten_is(votes: Votes) -> None:
    await votes.record([reaction(), reaction("2️⃣", on=HEADLINE), reaction("👎", "bo")])

    await votes.record([reaction("🔥"), reaction("🔥", seconds=5, present=False)])  # taken back: it was not there

    assert await votes.forget_me("fake", "ada") == 2
    assert await tally(votes) == {FIRST: PaperVotes(-1, 1)}

    # Neither a late event nor what the platform still shows brings anything back.
    await votes.record([reaction(seconds=30)])
    await votes.reconcile({"fake": FakeReactions({CARD_1: Tally((("👍", ("ada",)), ("👎", ("bo",))), complete=True)})})
    assert await tally(votes) == {FIRST: PaperVotes(-1, 1)}


async def test_what_somebody_forgotten_asked_for_no_longer_names_them(store: Store, votes: Votes) -> None:
    ada = votes.voter("fake", "ada")
    asked = Cause(NOW, "m", "question", "fake:C1", ada)
    cap = Cap("budget.question_person", 0.25, asker=ada)
    await store.spend.reserve(NOW.date(), 0.25, [], asked)
    assert await store.spend.reserve(NOW.date(), 0.25, [cap], asked) is cap
    await votes.forget_me("fake", "ada")
    assert isinstance(await store.spend.reserve(NOW.date(), 0.25, [cap], asked), int)


async def test_a_new_vote_of_somebody_forgotten_counts(votes: Votes) -> None:
    await votes.forget_me("fake", "ada")

    await votes.record([reaction(seconds=3700)])
    await votes.reconcile({"fake": FakeReactions({CARD_1: Tally((("👍", ("ada",)),), complete=True)})})

    assert await tally(votes) == {FIRST: PaperVotes(1, 1)}


async def test_votes_are_kept_two_years(store: Store, votes: Votes) -> None:
    await votes.record([reaction(), reaction("👍", "bo", seconds=7200)])
    later = Votes(store, SECRET, lambda: NOW + KEPT + timedelta(hours=1, minutes=0), sleep=no_sleep)

    assert await later.forget_old() == 1
    assert await tally(votes) == {FIRST: PaperVotes(1, 1)}


async def test_votes_move_with_a_paper_that_turns_out_to_be_another(store: Store, votes: Votes) -> None:
    await votes.record([reaction()])
    same = replace(paper(1), id=PaperId.doi("10.1/x"), arxiv_id=None, doi="10.1/x", title="Other words entirely")
    await store.papers.save([same])
    await store.papers.save([replace(paper(1), doi="10.1/x")])
    (kept,) = await tally(votes)

    assert (await store.papers.get(FIRST)).id == kept  # type: ignore[union-attr]  # it was saved


async def test_a_vote_for_a_paper_that_nobody_stored_is_dropped(store: Store) -> None:
    vote = replace(await _one_vote(store), paper=PaperId.arxiv("9999.99999"))

    assert await store.votes.put([vote]) == 0


async def _one_vote(store: Store) -> StoredVote:
    await posted(store)
    votes = votes_of(store)
    await votes.record([reaction()])
    return (await store.votes.on_message(CARD_1))[0]


async def test_reading_back_waits_for_its_turn_before_every_message(store: Store) -> None:
    await posted(store)
    platform = FakeReactions({message: Tally((), complete=True) for message in (HEADLINE, CARD_1, CARD_2)})
    asked_before: list[int] = []

    async def turn() -> None:
        asked_before.append(platform.asked)

    votes = Votes(store, SECRET, lambda: NOW + timedelta(hours=1), sleep=no_sleep, turn=turn)
    assert await votes.reconcile({"fake": platform}) == 3
    assert asked_before == [0, 1, 2]
