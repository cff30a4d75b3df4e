"""A digest of one's own, in direct messages with the bot; and what is said in those of several people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.discord.replies import answers
from bot.chat.registry import COMMANDS
from bot.errors import BotError
from bot.models import ChannelKey, ChannelState, Layout, failed
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_interactions import Interaction
from tests.fakes.discord_model import Channel, Kind, Message, User
from tests.support.discord_bots import Bot, read, read_answer, running
from tests.support.failures import ERRORS, raising


@pytest.fixture
def eve(discord_double: DiscordDouble) -> User:
    """Shares no server with the bot, but has added the app to her account."""
    discord_double.state.add_guild("Lab")
    eve = discord_double.state.add_user("eve", locale="ja")
    eve.installed = True
    return eve


@pytest.fixture
async def kawaraban(discord_double: DiscordDouble, eve: User) -> AsyncIterator[Bot]:
    async with running(discord_double) as at_work:
        yield at_work


QUERY = "TideCache: Streaming Key-Value Caches That Forget on Schedule"
PATHS: dict[str, dict[str, str]] = {
    f"{spec.group.name} {spec.name}" if spec.group else spec.name: {
        option.name: "2602.00001" for option in spec.options if option.required
    }
    for spec in COMMANDS.specs
}


def key(user: User) -> ChannelKey:
    return ChannelKey("discord", f"@me/{user.id}")


def digest(channel: Channel) -> list[Message]:
    return [one for one in channel.shown if one.author.bot]


async def test_a_personal_digest_is_subscribed_arrives_is_voted_on_and_forgotten(kawaraban: Bot, eve: User) -> None:
    direct = kawaraban.discord.state.dm(eve)
    assert "購読を開始しました" in await kawaraban.slash("digest subscribe", direct, eve)
    channel = await kawaraban.uses.channels.get(key(eve))
    assert channel
    assert (channel.state, channel.settings.layout) == (ChannelState.ACTIVE, Layout.CHANNEL)
    await kawaraban.slash("digest now", direct, eve)
    await kawaraban.discord.until(lambda: len(digest(direct)) == 3, 60)
    headline, *cards = digest(direct)
    assert "この下に続きます" in read(headline)
    await kawaraban.discord.until(lambda: all(one.reactions for one in cards))
    kawaraban.discord.people.react(cards[0], "🎉", eve)
    async with asyncio.timeout(60):
        while "1票" not in await kawaraban.slash("digest status", direct, eve):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)
    assert "thread" in await kawaraban.slash("digest channel layout", direct, eve, layout="thread")
    assert "個人へのダイジェスト" in await kawaraban.slash("digest forget-me", direct, eve)
    assert await kawaraban.uses.channels.get(key(eve)) is None


async def test_nothing_is_shared_from_direct_messages(kawaraban: Bot, eve: User) -> None:
    direct = kawaraban.discord.state.dm(eve)
    await kawaraban.slash("digest subscribe", direct, eve)
    one = await kawaraban.settled(kawaraban.discord.people.slash("paper", direct, eve, query=QUERY))
    assert one.message
    assert not any(custom.startswith("share") for custom in one.message.custom_ids)


async def test_the_form_and_the_steps_work_in_direct_messages(kawaraban: Bot, eve: User) -> None:
    direct, people = kawaraban.discord.state.dm(eve), kawaraban.discord.people
    state = await kawaraban.settled(people.slash("digest status", direct, eve))
    assert state.message
    (menu,) = state.message.custom_ids
    opened = await people.click(state.message, menu, eve, ["status"]).answered()
    await kawaraban.settled(people.submit(opened, topics="cs.CV"))
    channel = await kawaraban.uses.channels.get(key(eve))
    assert channel
    assert channel.settings.topics == ("cs.CV",)


async def test_whoever_closed_their_messages_is_not_told_there(kawaraban: Bot, eve: User) -> None:
    direct = kawaraban.discord.state.dm(eve)
    await kawaraban.slash("digest subscribe", direct, eve)
    eve.dms_open = False
    await kawaraban.slash("digest now", direct, eve)
    async with asyncio.timeout(60):
        while True:
            channel = await kawaraban.uses.channels.get(key(eve))
            if channel and channel.state is ChannelState.STOPPED:
                break
            await asyncio.sleep(0.01)
    refused = [one for one in kawaraban.discord.rest.requests if one.status == 403]
    assert len(refused) == 1


@pytest.mark.parametrize("kind", [Kind.DM, Kind.GROUP])
async def test_messages_with_other_people_are_refused_in_plain_words(kawaraban: Bot, eve: User, kind: Kind) -> None:
    """Those of two people, and those of a group."""
    other = kawaraban.discord.state.add_user("fay")
    group = Channel(kawaraban.discord.state.clock.snowflake(), kind, "", recipient=other)
    kawaraban.discord.state.channels[group.id] = group
    for path, options in PATHS.items():
        one = await kawaraban.settled(kawaraban.discord.people.slash(f"digest {path}", group, eve, **options))
        assert "ここにはボットから投稿できない" in read_answer(one)
        assert one.ephemeral
    asked = kawaraban.discord.people.slash("paper", group, eve, query=QUERY)
    assert "TideCache" in read_answer(await kawaraban.settled(asked))
    assert group.shown == []


async def explained(bot: Bot, one: Interaction, content: str) -> None:
    await bot.discord.until(lambda: one.message and one.message.content == content, 60)


async def test_every_error_of_every_command_is_answered_in_direct_messages(
    kawaraban: Bot, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct, people = kawaraban.discord.state.dm(eve), kawaraban.discord.people
    for error in ERRORS:
        monkeypatch.setattr(kawaraban.uses.channels, "handle", raising(error, late=False))
        ours = error if isinstance(error, BotError) else BotError(type(error).__name__)
        expected = answers(failed(ours, "ja", "Asia/Tokyo"))[0].body["content"]
        asked = [people.slash(f"digest {path}", direct, eve, **options) for path, options in PATHS.items()]
        for one in asked:
            await explained(kawaraban, one, expected)
