"""What people meet on Slack, in both modes: digests, votes, look-ups, forms, direct messages, the home tab."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.models import ChannelState
from tests.conformance.slack_world import shown_texts
from tests.fakes.slack import Channel, SlackDouble, User
from tests.support.slack_bots import Bot, read, running, thread_of


@pytest.fixture(params=["socket", "http"])
async def kawaraban(request: pytest.FixtureRequest, slack: SlackDouble) -> AsyncIterator[Bot]:
    async with running(slack, request.param) as at_work:
        yield at_work
    assert not slack.courier.lost


@pytest.fixture
def len_(slack: SlackDouble) -> User:
    return slack.add_user("len", locale="en-US")


@pytest.fixture
def room(slack: SlackDouble, ada: User, len_: User) -> Channel:
    return slack.add_channel("papers", [ada, len_])


async def test_a_digest_arrives_is_voted_on_and_the_votes_can_be_taken_back(
    kawaraban: Bot, ada: User, len_: User, room: Channel
) -> None:
    headline, first, *_ = await kawaraban.digest(room, ada)
    people = kawaraban.slack.people
    people.react(room, first.ts, "+1::skin-tone-3", ada)
    people.react(room, headline.ts, "two", len_)
    people.react(room, first.ts, "eyes", len_)
    await kawaraban.slack.settled()
    counted = await kawaraban.votes(room)
    assert sorted(vote.value for vote in counted.values()) == [1.0, 2.0]

    people.unreact(room, first.ts, "+1::skin-tone-3", ada)
    people.unreact(room, first.ts, "eyes", len_)
    await kawaraban.slack.settled()
    assert [vote.value for vote in (await kawaraban.votes(room)).values()] == [1.0]


async def test_two_channels_get_theirs_in_their_languages(kawaraban: Bot, ada: User, room: Channel) -> None:
    other = kawaraban.slack.add_channel("english", [ada])
    await kawaraban.slash("/digest", "subscribe en", other, ada)
    japanese = await kawaraban.digest(room, ada)
    english = await kawaraban.digest(other, ada)
    assert "未掲載の論文" in read(japanese[0])
    assert "papers not shown before" in read(english[0])
    assert "選んだ理由" in read(japanese[1])
    assert not any(message.unfurls for message in [*japanese, *english])


async def test_a_paper_is_looked_up_detailed_cited_and_shared(kawaraban: Bot, ada: User, room: Channel) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    shown = await kawaraban.slash("/paper", title, room, ada)
    assert title in shown
    sheet = await kawaraban.answer(ada)

    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.click(sheet, "paper.cite", ada)
    assert "@" in read(await kawaraban.answer(ada, before))

    await kawaraban.slack.people.click(sheet, "paper.share", ada)
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(room)) == 2)
    shared = kawaraban.slack.messages(room)[-1]
    await kawaraban.slack.until(lambda: "-1" in shared.reactions)  # it is seeded when it is written down
    assert title in read(shared)
    kawaraban.slack.people.react(room, shared.ts, "fire", ada)
    await kawaraban.slack.settled()
    assert len(await kawaraban.votes(room)) == 1

    await kawaraban.slack.people.click(sheet, "paper.details", ada)
    await kawaraban.slack.until(lambda: title in details(kawaraban, ada))
    before = len(kawaraban.slack.messages(room))
    window = kawaraban.slack.modal(ada)
    await kawaraban.slack.people.use(window, "paper.cite")
    await kawaraban.slack.until(lambda: "@" in details(kawaraban, ada))
    assert kawaraban.slack.modal(ada).previous is window
    await kawaraban.slack.people.close_view(kawaraban.slack.modal(ada))
    await kawaraban.slack.people.use(window, "paper.share")
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(room)) == before + 1)


def details(kawaraban: Bot, ada: User) -> str:
    """Return what the person reads in the modal, "" without one."""
    opened = kawaraban.slack.state.modals.get(ada.id)
    return "\n".join(shown_texts(opened.view["blocks"])) if opened else ""


async def test_a_message_to_the_bot_is_answered_like_a_command(kawaraban: Bot, ada: User) -> None:
    kawaraban.slack.people.dm(ada, "help")
    place = next(one for one in kawaraban.slack.state.channels.values() if one.kind == "im")
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(place)) == 2)
    assert "/paper 2602.21548" in read(kawaraban.slack.messages(place)[-1])
    kawaraban.slack.people.dm(ada, "9999.99999")
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(place)) == 4)


async def test_an_invited_bot_greets_once_and_its_form_subscribes(kawaraban: Bot, ada: User, room: Channel) -> None:
    place = kawaraban.slack.add_channel("new", [ada], bot=False)
    kawaraban.slack.people.invite(place, by=ada)
    await kawaraban.slack.until(lambda: kawaraban.slack.messages(place))
    kawaraban.slack.people.invite(place, by=ada)
    await kawaraban.slack.settled()
    (greeting,) = kawaraban.slack.messages(place)

    await kawaraban.slack.people.click(greeting, "digest.form", ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)
    modal = kawaraban.slack.modal(ada)
    done = await kawaraban.slack.people.submit(
        modal,
        {
            "language": {"value": "en"},
            "time": {"value": "08:30"},
            "timezone": {"value": "Europe/Berlin"},
            "days": {"value": ["mon", "fri"]},
            "size": {"value": "3"},
            "topics": {"value": ["cs.RO"]},
            "keywords": {"value": "agents, -survey"},
            "quiet": {"value": ["quiet"]},
        },
    )
    assert not done.errors
    answer = await kawaraban.answer(ada)
    assert "next digest" in read(answer)
    subscribed = await kawaraban.channel(place)
    settings = subscribed.settings
    assert subscribed.state is ChannelState.ACTIVE
    assert (settings.language, settings.size, settings.topics, settings.quiet) == ("en", 3, ("cs.RO",), True)
    assert (f"{settings.time:%H:%M}", settings.timezone) == ("08:30", "Europe/Berlin")
    assert (settings.keywords, settings.muted_keywords) == (("agents",), ("survey",))


async def test_the_home_tab_shows_what_comes_where(kawaraban: Bot, ada: User, room: Channel) -> None:
    kawaraban.slack.people.open_home(ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.homes)
    await kawaraban.slash("/digest", "subscribe", room, ada)
    kawaraban.slack.people.open_home(ada)
    await kawaraban.slack.until(lambda: room.id in str(kawaraban.slack.home(ada).view))
    await kawaraban.slack.people.use(kawaraban.slack.home(ada), "digest.form")
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)


async def test_a_closed_channel_stops_and_whoever_subscribed_it_is_told(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    kawaraban.slack.state.app.subscriptions |= {"channel_archive"}
    await kawaraban.slash("/digest", "subscribe", room, ada)
    kawaraban.slack.people.archive(room, ada)
    await kawaraban.slack.settled()
    assert (await kawaraban.channel(room)).state is ChannelState.STOPPED
    direct = kawaraban.slack.state.dm(kawaraban.slack.team, ada.id)
    await kawaraban.slack.until(lambda: kawaraban.slack.messages(direct))
    assert room.id in str(kawaraban.slack.messages(direct)[0].blocks)


async def test_subscribing_enters_a_public_channel_and_asks_for_an_invitation_to_a_private_one(
    kawaraban: Bot, ada: User, len_: User
) -> None:
    public = kawaraban.slack.add_channel("public", [ada, len_], bot=False)
    private = kawaraban.slack.add_channel("private", [ada], kind="private", bot=False)
    await kawaraban.slash("/digest", "subscribe", public, ada)
    assert kawaraban.slack.team.bot.id in public.members
    await kawaraban.slack.settled()
    assert kawaraban.slack.messages(public) == []  # nobody invited it, so it does not greet
    assert "/invite" in await kawaraban.slash("/digest", "subscribe", private, ada)
    assert await kawaraban.uses.channels.get(kawaraban.key(private)) is None


async def test_only_who_may_changes_a_channel(kawaraban: Bot, ada: User, len_: User, room: Channel) -> None:
    await kawaraban.slash("/digest", "subscribe", room, ada)
    refused = await kawaraban.slash("/digest", "size 3", room, len_)
    assert "設定を変更できるのは" in refused
    assert (await kawaraban.channel(room)).settings.size == 2
    assert "3" in await kawaraban.slash("/digest", "size 3", room, ada)
    assert (await kawaraban.channel(room)).settings.size == 3


async def test_a_mention_is_answered_to_the_one_who_asked(kawaraban: Bot, ada: User, room: Channel) -> None:
    kawaraban.slack.people.say(room, f"<@{kawaraban.slack.team.bot.id}> help", ada)
    answer = await kawaraban.answer(ada)
    assert "/paper" in read(answer)
    assert thread_of(kawaraban.slack, room) == []
