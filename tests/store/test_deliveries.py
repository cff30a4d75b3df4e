"""The ledger: what is taken in leaves in order, once, and whatever becomes of a part is written down."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from bot.models import (
    Card,
    DeliveryKey,
    DeliveryState,
    Headline,
    Layout,
    NewDelivery,
    Notice,
    Page,
    PaperId,
    Part,
    Place,
)
from bot.store import tables
from bot.store.engine import utc_now
from bot.store.outcomes import Again, Dead, Sent, Unknown
from bot.store.store import Store
from tests.support.ledger import DAY, FAKE, channel, claimed, enqueued, joined, message, parts, row, rows, states
from tests.support.stores import emptied, graph_paper, paper, reusing_the_store
from tests.support.strategies import digests, entries, languages, texts

WAITING, DUE, CLAIMED = DeliveryState.WAITING, DeliveryState.DUE, DeliveryState.CLAIMED
SENT, DEAD, UNKNOWN = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN


async def test_a_digest_is_taken_in_once(store: Store) -> None:
    now = utc_now()
    assert await store.deliveries.enqueue(channel(), DAY, parts(2), "fake", now) == 3
    assert await store.deliveries.enqueue(channel(), DAY, parts(2), "fake", now + timedelta(days=1)) == 0
    assert await store.deliveries.enqueue(channel("C2"), DAY, parts(2), "fake", now) == 3
    assert await store.deliveries.enqueue(channel(), DAY, (), "fake", now) == 0
    assert await states(store, channel()) == {"headline": DUE, "card:1": WAITING, "card:2": WAITING}
    assert (await row(store)).due_at == now


async def test_a_failed_transaction_takes_in_nothing(store: Store) -> None:
    async def fail() -> None:
        async with store._database.writing() as connection:
            await store.deliveries.enqueue_in(connection, channel(), DAY, parts(2), "fake", utc_now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await rows(store) == ()


async def test_papers_count_as_shown_together_with_their_message(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    now = utc_now()

    assert await store.deliveries.enqueue(channel(), DAY, parts(1), "fake", now, showing=[paper(1).id]) == len(parts(1))
    assert await store.digests.shown(channel()) == {paper(1).id}

    # The message is there already, so nothing new is shown with it.
    assert await store.deliveries.enqueue(channel(), DAY, parts(1), "fake", now, showing=[paper(2).id]) == 0
    assert await store.digests.shown(channel()) == {paper(1).id}


async def test_a_message_is_not_taken_in_without_marking_its_papers(store: Store) -> None:
    await store.papers.save([paper(1)])

    with pytest.raises(LookupError):
        await store.deliveries.enqueue(
            channel(), DAY, parts(1), "fake", utc_now(), showing=[paper(1).id, graph_paper("g7").id]
        )

    assert await store.deliveries.listed() == ()
    assert await store.digests.shown(channel()) == frozenset()


async def test_a_claim_says_what_to_post_and_where(store: Store) -> None:
    owner, now = await joined(store), utc_now()
    await enqueued(store, cards=1, at=now)
    (headline,) = await claimed(store, owner)
    assert headline.key == DeliveryKey.of(channel(), DAY, "headline")
    assert (headline.place, headline.attempts, headline.uncertain) == (Place(channel()), 1, False)
    assert (headline.content(), headline.seeds) == (Notice("digest.title", "ja"), ("1️⃣",))
    assert abs(headline.first_claimed_at - now) < timedelta(minutes=10)
    assert headline.send_at <= utc_now()
    assert (await states(store))["headline"] is CLAIMED

    await store.deliveries.settle(owner, [Sent(headline.id, message(1))])
    (card,) = await claimed(store, owner)
    assert (card.part, card.place, card.seeds) == ("card:1", Place(channel(), message(1)), ("👍", "👎"))


async def test_cards_beside_a_headline_have_no_thread(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=1, in_thread=False)
    await store.deliveries.settle(owner, [Sent(one.id, message(1)) for one in await claimed(store, owner)])
    (card,) = await claimed(store, owner)
    assert card.place == Place(channel())


async def test_what_is_sent_keeps_its_message_and_no_content(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store)
    (headline,) = await claimed(store, owner)
    await store.deliveries.settle(owner, [Sent(headline.id, message("a:b"))])
    sent = await store.deliveries.get(headline.id)
    assert sent
    assert (sent.state, sent.message, sent.error, sent.due_at) == (SENT, message("a:b"), "", None)
    assert sent.settled_at
    async with store._database.reading() as connection:
        assert (await connection.execute(text("SELECT content, owner FROM deliveries"))).one() == (None, None)
    assert await claimed(store, owner) == ()


async def test_parts_leave_one_after_the_other(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, "C1", "C2", cards=2)
    order = []
    while batch := await claimed(store, owner):
        order.append([(one.channel.name, one.part) for one in batch])
        await store.deliveries.settle(owner, [Sent(one.id, message(one.id)) for one in batch])
    assert order == [[(name, part) for name in ("C1", "C2")] for part in ("headline", "card:1", "card:2")]


async def test_cards_keep_their_distance(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=1, spacing=900)
    (headline,) = await claimed(store, owner)
    before = utc_now()
    await store.deliveries.settle(owner, [Sent(headline.id, message(1))])
    due_at = (await row(store, "card:1")).due_at
    assert due_at
    assert before + timedelta(seconds=899) < due_at < utc_now() + timedelta(seconds=901)
    assert await claimed(store, owner) == ()
    next_due = await store.deliveries.next_due(FAKE)
    assert next_due
    assert abs(next_due - due_at) < timedelta(seconds=0.5)


async def test_nobody_gets_what_another_has(store: Store) -> None:
    owners = [await joined(store, name) for name in ("one", "two", "three")]
    await enqueued(store, *range(20))
    batches = await asyncio.gather(*(claimed(store, owner, 4) for owner in owners * 3))
    ids = [one.id for batch in batches for one in batch]
    assert len(ids) == len(set(ids)) == 20


async def test_only_what_somebody_can_send(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store)
    assert await store.deliveries.claim(owner, 9, ("slack", "discord"), {}) == ()
    assert await store.deliveries.next_due(("slack",)) is None
    assert await store.deliveries.any_open(FAKE)
    assert not await store.deliveries.any_open(("slack",))
    assert len(await store.deliveries.claim(owner, 9, ("slack", "fake"), {})) == 1


async def test_nothing_before_its_time(store: Store) -> None:
    owner, later = await joined(store), utc_now() + timedelta(hours=1)
    assert await store.deliveries.next_due(FAKE) is None
    await enqueued(store, at=later)
    assert await claimed(store, owner) == ()


async def test_again_at_its_time(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store)
    (first,) = await claimed(store, owner)
    await store.deliveries.settle(owner, [Again(first.id, 60, "platform.rate_limited", uncertain=False)])
    assert ((await row(store)).state, (await row(store)).error) == (DUE, "platform.rate_limited")
    assert await claimed(store, owner) == ()
    await store.deliveries.hurry()
    (second,) = await claimed(store, owner)
    assert (second.attempts, second.uncertain, second.first_claimed_at) == (2, False, first.first_claimed_at)


async def test_what_may_be_there_is_remembered_as_uncertain(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store)
    (first,) = await claimed(store, owner)
    await store.deliveries.settle(owner, [Again(first.id, 0, "platform.timeout", uncertain=True)])
    assert (await claimed(store, owner))[0].uncertain


async def test_a_dead_card_stops_no_other(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=2)
    await store.deliveries.settle(owner, [Sent(one.id, message(1)) for one in await claimed(store, owner)])
    (card,) = await claimed(store, owner)
    await store.deliveries.settle(owner, [Dead(card.id, "platform.rejected")])
    assert await states(store) == {"headline": SENT, "card:1": DEAD, "card:2": DUE}
    assert (await row(store, "card:1")).error == "platform.rejected"


@pytest.mark.parametrize(
    ("dead", "state", "code"),
    [(True, DEAD, "platform.headline_dead"), (False, UNKNOWN, "platform.headline_unknown")],
)
async def test_cards_end_with_their_headline(store: Store, dead: bool, state: DeliveryState, code: str) -> None:
    owner = await joined(store)
    await enqueued(store, "C1", "C2", cards=2)
    first, second = await claimed(store, owner)
    ended = Dead(first.id, "platform.rejected") if dead else Unknown(first.id, "platform.forbidden")
    await store.deliveries.settle(owner, [Sent(second.id, message(2)), ended])
    assert await states(store, channel("C1")) == {"headline": state, "card:1": state, "card:2": state}
    assert (await row(store, "card:2")).error == code
    assert await states(store, channel("C2")) == {"headline": SENT, "card:1": DUE, "card:2": WAITING}
    assert {one.channel for one in await claimed(store, owner)} == {channel("C2")}


async def test_a_channel_that_is_gone_takes_all_with_it(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, "C1", "C2", cards=1)
    await store.deliveries.enqueue(channel("C1"), DAY + timedelta(days=1), parts(1), "fake", utc_now())
    uncertain = await row(store, "headline", "C1")
    async with store._database.writing() as connection:
        tomorrow = (
            update(tables.deliveries)
            .where(tables.deliveries.c.date > DAY)
            .where(tables.deliveries.c.part == "headline")
        )
        await connection.execute(tomorrow.values(uncertain=True, due_at=utc_now() + timedelta(hours=1)))
    first, other = await claimed(store, owner)
    assert first.id == uncertain.id
    await store.deliveries.settle(owner, [Dead(first.id, "platform.channel_gone", whole_channel=True)])
    ended = [
        (one.day > DAY, one.part, one.state, one.error) for one in await rows(store) if one.channel == channel("C1")
    ]
    assert ended == [
        (False, "headline", DEAD, "platform.channel_gone"),
        (False, "card:1", DEAD, "platform.channel_gone"),
        (True, "headline", UNKNOWN, "platform.channel_gone"),  # it was sent perhaps
        (True, "card:1", DEAD, "platform.channel_gone"),
    ]
    assert await states(store, channel("C2")) == {"headline": CLAIMED, "card:1": WAITING}
    assert other.channel == channel("C2")


async def test_who_lost_a_delivery_cannot_settle_it(store: Store) -> None:
    slow = await joined(store, "slow", timedelta())
    await enqueued(store, cards=1)
    assert await claimed(store, slow) == ()
    slow = await joined(store, "slow")
    (held,) = await claimed(store, slow)
    await joined(store, "slow")  # its next life takes everything back
    quick = await joined(store, "quick")
    (again,) = await claimed(store, quick)
    assert again.uncertain
    for late in (Sent(held.id, message("late")), Dead(held.id, "platform.token", True), Unknown(held.id, "late")):
        await store.deliveries.settle(slow, [late])
    assert await states(store) == {"headline": CLAIMED, "card:1": WAITING}
    await store.deliveries.settle(quick, [Sent(again.id, message("found"))])
    await store.deliveries.settle(quick, [Sent(again.id, message("twice"))])
    await store.deliveries.settle(quick, [])
    assert (await row(store)).message == message("found")


async def test_settling_twice_changes_nothing(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=2)
    (headline,) = await claimed(store, owner)
    for _ in range(2):
        await store.deliveries.settle(owner, [Sent(headline.id, message(1))])
    assert await states(store) == {"headline": SENT, "card:1": DUE, "card:2": WAITING}


async def test_a_person_can_send_an_unknown_one(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=2)
    (headline,) = await claimed(store, owner)
    assert not await store.deliveries.retry(headline.id)
    await store.deliveries.settle(owner, [Unknown(headline.id, "platform.forbidden")])
    assert not await store.deliveries.retry((await row(store, "card:1")).id)  # its headline is not there
    assert not await store.deliveries.retry(10**6)
    assert await store.deliveries.retry(headline.id)
    assert await states(store) == {"headline": DUE, "card:1": WAITING, "card:2": WAITING}
    (again,) = await claimed(store, owner)
    assert (again.uncertain, again.attempts, (await row(store)).error) == (False, 1, "")
    assert again.content() == headline.content()
    await store.deliveries.settle(owner, [Sent(again.id, message(1))])
    (card,) = await claimed(store, owner)
    await store.deliveries.settle(owner, [Dead(card.id, "platform.rejected")])
    assert await store.deliveries.retry(card.id)
    assert not await store.deliveries.retry(again.id)
    assert (await claimed(store, owner))[0].place == Place(channel(), message(1))


async def test_parts_that_come_later_wait_for_nothing_that_is_over(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, cards=1)
    for _ in range(2):
        await store.deliveries.settle(owner, [Sent(one.id, message(1)) for one in await claimed(store, owner)])
    await enqueued(store, cards=3)
    assert await states(store) == {"headline": SENT, "card:1": SENT, "card:2": DUE, "card:3": WAITING}


async def test_lists_and_counts(store: Store) -> None:
    owner, before = await joined(store), utc_now()
    await enqueued(store, "C1", "C2", cards=1, at=before)
    first, _ = await claimed(store, owner)
    await store.deliveries.settle(owner, [Sent(first.id, message(1))])
    ledger = store.deliveries
    assert await ledger.counts() == {SENT: 1, DUE: 1, CLAIMED: 1, WAITING: 1}
    assert await ledger.counts(before + timedelta(hours=1)) == {}
    assert [one.part for one in await ledger.listed(limit=2)] == ["card:1", "headline"]
    assert [one.channel for one in await ledger.listed(SENT)] == [channel("C1")]
    assert len(await ledger.listed(channel=channel("C2"), since=before)) == 2
    assert await ledger.listed(since=before + timedelta(hours=1)) == ()
    assert [one.id for one in await ledger.sent_messages(channel("C1"), before)] == [first.id]
    assert await ledger.sent_messages(channel("C1"), utc_now() + timedelta(hours=1)) == ()
    assert await ledger.sent_messages(channel("C2"), before) == ()
    assert await ledger.get(10**6) is None


async def test_a_message_leads_to_its_paper(store: Store) -> None:
    owner = await joined(store)
    first, second = paper(1, doi="10.1/x"), graph_paper("s1", title="Lanterns of another kind")
    await store.papers.save([first])
    await store.papers.save([second])
    card = NewDelivery("card:1", Notice("digest.title", "ja"), paper=second.id)
    await store.deliveries.enqueue(channel(), DAY, (*parts(), card), "fake", utc_now())
    for number in (1, 2):
        await store.deliveries.settle(owner, [Sent(one.id, message(number)) for one in await claimed(store, owner)])
    found = await store.deliveries.by_messages([message(1), message(2), message(3)])
    assert {ref: one.paper for ref, one in found.items()} == {message(1): None, message(2): second.id}
    await store.papers.save([graph_paper("s1", doi="10.1/x")])  # the two are one
    known = await store.deliveries.by_messages([message(2)])
    assert known[message(2)].paper == first.id


async def test_old_rows_are_forgotten_once_they_are_final(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, "C1", "C2")
    first, _ = await claimed(store, owner)
    await store.deliveries.settle(owner, [Sent(first.id, message(1))])
    assert await store.deliveries.forget(DAY) == 0
    assert await store.deliveries.forget(DAY + timedelta(days=1)) == 1
    assert [one.state for one in await rows(store)] == [CLAIMED]


@pytest.mark.parametrize("stored", ["", "{", '{"kind": "poem"}', "null"])
async def test_a_content_that_cannot_be_read_is_a_value_error(store: Store, stored: str) -> None:
    owner = await joined(store)
    await enqueued(store)
    async with store._database.writing() as connection:
        await connection.execute(update(tables.deliveries).values(content=stored))
    (one,) = await claimed(store, owner)
    with pytest.raises(ValueError):
        one.content()


contents: st.SearchStrategy[Part] = st.one_of(
    st.builds(Headline, digests, st.sampled_from(Layout)),
    st.builds(Card, entries, st.dates(), languages, st.integers(1, 50)),
    st.builds(Notice, texts, languages, st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
    st.builds(Page, digests),
)


@reusing_the_store
@given(contents)
async def test_any_part_comes_back_as_it_was(store: Store, content: Part) -> None:
    owner = await joined(await emptied(store))
    new = NewDelivery("notice", content, paper=PaperId.arxiv("3105.00001"))
    await store.deliveries.enqueue(channel(), DAY, [new], "fake", utc_now())
    (one,) = await claimed(store, owner)
    assert one.content() == content


async def test_claiming_looks_at_nothing_that_is_final(sqlite_store: Store) -> None:
    query = "SELECT id FROM deliveries WHERE due_at <= '2031' AND bucket NOT IN ('x') ORDER BY due_at, id"
    async with sqlite_store._database.reading() as connection:
        plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))
        assert "ix_deliveries_due" in str(plan.all())
