"""What people meet on Slack, in both modes: digests, votes, look-ups, forms, direct messages, the home tab."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.models import ChannelState
from tests.fakes.slack import Channel, SlackDouble, User
from tests.support.slack_bots import Bot, read, running, thread_of


@pytest.fixture(params=["socket", "http"])
async def bot(request: pytest.FixtureRequest, slack: SlackDouble) -> AsyncIterator[Bot]:
    async with running(slack, request.param) as at_work:
        yield at_work
    assert not slack.courier.lost


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", is_admin=True)


@pytest.fixture
def len_(slack: SlackDouble) -> User:
    return slack.add_user("len", locale="en-US")


@pytest.fixture
def room(slack: SlackDouble, ada: User, len_: User) -> Channel:
    return slack.add_channel("papers", [ada, len_])


async def test_a_digest_arrives_is_voted_on_and_the_votes_can_be_taken_back(
    bot: Bot, ada: User, len_: User, room: Channel
) -> None:
    headline, first, *_ = await bot.digest(room, ada)
    people = bot.slack.people
    people.react(room, first.ts, "+1::skin-tone-3", ada)
    people.react(room, headline.ts, "two", len_)
    people.react(room, first.ts, "eyes", len_)
    await bot.slack.settled()
    counted = await bot.votes(room)
    assert sorted(vote.value for vote in counted.values()) == [1.0, 2.0]

    people.unreact(room, first.ts, "+1::skin-tone-3", ada)
    people.unreact(room, first.ts, "eyes", len_)
    await bot.slack.settled()
    assert [vote.value for vote in (await bot.votes(room)).values()] == [1.0]


async def test_two_channels_get_theirs_in_their_languages(bot: Bot, ada: User, room: Channel) -> None:
    other = bot.slack.add_channel("english", [ada])
    await bot.slash("/digest", "subscribe en", other, ada)
    japanese = await bot.digest(room, ada)
    english = await bot.digest(other, ada)
    assert "未掲載の論文" in read(japanese[0])
    assert "papers not shown before" in read(english[0])
    assert "選んだ理由" in read(japanese[1])
    assert not any(message.unfurls for message in [*japanese, *english])


async def test_a_paper_is_looked_up_detailed_cited_and_shared(bot: Bot, ada: User, room: Channel) -> None:
    _, card, *_ = await bot.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    shown = await bot.slash("/paper", title, room, ada)
    assert title in shown
    sheet = await bot.answer(ada)

    before = len(bot.slack.ephemerals(ada))
    await bot.slack.people.click(sheet, "paper.cite", ada)
    assert "@" in read(await bot.answer(ada, before))

    await bot.slack.people.click(sheet, "paper.share", ada)
    await bot.slack.until(lambda: len(bot.slack.messages(room)) == 2)
    shared = bot.slack.messages(room)[-1]
    await bot.slack.until(lambda: "-1" in shared.reactions)  # it is seeded when it is written down
    assert title in read(shared)
    bot.slack.people.react(room, shared.ts, "fire", ada)
    await bot.slack.settled()
    assert len(await bot.votes(room)) == 1

    await bot.slack.people.click(sheet, "paper.details", ada)
    await bot.slack.until(lambda: title in read(sheet))


async def test_a_message_to_the_bot_is_answered_like_a_command(bot: Bot, ada: User) -> None:
    bot.slack.people.dm(ada, "help")
    place = next(one for one in bot.slack.state.channels.values() if one.kind == "im")
    await bot.slack.until(lambda: len(bot.slack.messages(place)) == 2)
    assert "/paper 2602.21548" in read(bot.slack.messages(place)[-1])
    bot.slack.people.dm(ada, "9999.99999")
    await bot.slack.until(lambda: len(bot.slack.messages(place)) == 4)


async def test_an_invited_bot_greets_once_and_its_form_subscribes(bot: Bot, ada: User, room: Channel) -> None:
    place = bot.slack.add_channel("new", [ada], bot=False)
    bot.slack.people.invite(place, by=ada)
    await bot.slack.until(lambda: bot.slack.messages(place))
    bot.slack.people.invite(place, by=ada)
    await bot.slack.settled()
    (greeting,) = bot.slack.messages(place)

    await bot.slack.people.click(greeting, "digest.form", ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)
    modal = bot.slack.modal(ada)
    done = await bot.slack.people.submit(
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
    answer = await bot.answer(ada)
    assert "next digest" in read(answer)
    subscribed = await bot.channel(place)
    settings = subscribed.settings
    assert subscribed.state is ChannelState.ACTIVE
    assert (settings.language, settings.size, settings.topics, settings.quiet) == ("en", 3, ("cs.RO",), True)
    assert (f"{settings.time:%H:%M}", settings.timezone) == ("08:30", "Europe/Berlin")
    assert (settings.keywords, settings.muted_keywords) == (("agents",), ("survey",))


async def test_the_home_tab_shows_what_comes_where(bot: Bot, ada: User, room: Channel) -> None:
    bot.slack.people.open_home(ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.homes)
    await bot.slash("/digest", "subscribe", room, ada)
    bot.slack.people.open_home(ada)
    await bot.slack.until(lambda: room.id in str(bot.slack.home(ada).view))
    await bot.slack.people.use(bot.slack.home(ada), "digest.form")
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)


async def test_a_closed_channel_stops_and_whoever_subscribed_it_is_told(bot: Bot, ada: User, room: Channel) -> None:
    bot.slack.state.app.subscriptions |= {"channel_archive"}
    await bot.slash("/digest", "subscribe", room, ada)
    bot.slack.people.archive(room, ada)
    await bot.slack.settled()
    assert (await bot.channel(room)).state is ChannelState.STOPPED
    direct = bot.slack.state.dm(bot.slack.team, ada.id)
    await bot.slack.until(lambda: bot.slack.messages(direct))
    assert room.id in str(bot.slack.messages(direct)[0].blocks)


async def test_subscribing_enters_a_public_channel_and_asks_for_an_invitation_to_a_private_one(
    bot: Bot, ada: User, len_: User
) -> None:
    public = bot.slack.add_channel("public", [ada, len_], bot=False)
    private = bot.slack.add_channel("private", [ada], kind="private", bot=False)
    await bot.slash("/digest", "subscribe", public, ada)
    assert bot.slack.team.bot.id in public.members
    await bot.slack.settled()
    assert bot.slack.messages(public) == []  # nobody invited it, so it does not greet
    assert "/invite" in await bot.slash("/digest", "subscribe", private, ada)
    assert await bot.uses.channels.get(bot.key(private)) is None


async def test_only_who_may_changes_a_channel(bot: Bot, ada: User, len_: User, room: Channel) -> None:
    await bot.slash("/digest", "subscribe", room, ada)
    refused = await bot.slash("/digest", "size 3", room, len_)
    assert "設定を変更できるのは" in refused
    assert (await bot.channel(room)).settings.size == 2
    assert "3" in await bot.slash("/digest", "size 3", room, ada)
    assert (await bot.channel(room)).settings.size == 3


async def test_a_mention_is_answered_to_the_one_who_asked(bot: Bot, ada: User, room: Channel) -> None:
    bot.slack.people.say(room, f"<@{bot.slack.team.bot.id}> help", ada)
    answer = await bot.answer(ada)
    assert "/paper" in read(answer)
    assert thread_of(bot.slack, room) == []
