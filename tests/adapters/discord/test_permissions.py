"""What people are told where the bot may not post, or not in threads, and how a digest arrives there all the same."""

from __future__ import annotations

import pytest
from discord import ChannelType, Permissions

from adapters.discord.buttons import Action, Click
from adapters.discord.rights import lacking
from bot.models import ChannelState, MessageRef
from tests.conformance.parts import headline as made_headline
from tests.fakes.discord_model import Channel, Guild, Kind, Message, Permission, User
from tests.support.discord_bots import Bot, digest_of, key, read, read_answer

NAMES = {
    Permission.VIEW_CHANNEL: ("View Channel", "「チャンネルを見る」"),
    Permission.SEND_MESSAGES: ("Send Messages", "「メッセージを送信」"),
    Permission.EMBED_LINKS: ("Embed Links", "「埋め込みリンク」"),
    Permission.CREATE_PUBLIC_THREADS: ("Create Public Threads", "「公開スレッドの作成」"),
    Permission.SEND_MESSAGES_IN_THREADS: ("Send Messages in Threads", "「スレッドでメッセージを送信」"),
}
QUERY = "TideCache: Streaming Key-Value Caches That Forget on Schedule"
POSTING = [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS]
THREADS = [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS]


def deny(bot: Bot, channel: Channel, *permissions: Permission) -> None:
    """Deny the bot these permissions in the channel, and no others."""
    denied = Permission(0)
    for one in permissions:
        denied |= one
    bot.discord.state.allow(channel, bot.discord.state.bot, deny=denied)


def digest_in(channel: Channel) -> list[Message]:
    """Return the bot's messages in the channel itself."""
    return [one for one in channel.shown if one.author.bot]


@pytest.mark.parametrize("permission", POSTING)
async def test_what_keeps_the_bot_from_posting_is_named_and_nothing_is_written(
    kawaraban: Bot, ada: User, room: Channel, permission: Permission
) -> None:
    deny(kawaraban, room, permission)
    en = kawaraban.discord.state.add_user("len", locale="en-US")
    kawaraban.discord.state.join(room.guild or pytest.fail("no server"), en)
    asked = ["digest subscribe", "digest now", "digest status"]
    for path in asked:
        assert NAMES[permission][1] in await kawaraban.slash(path, room, ada)
    assert NAMES[permission][0] in await kawaraban.slash("digest status", room, en)
    assert await kawaraban.uses.channels.get(key(room)) is None
    deny(kawaraban, room)
    assert NAMES[permission][1] not in await kawaraban.slash("digest subscribe", room, ada)
    assert (await kawaraban.channel(room)).state is ChannelState.ACTIVE


async def test_the_form_and_sharing_name_it_too(kawaraban: Bot, ada: User, room: Channel) -> None:
    people, form = kawaraban.discord.people, Click(Action.FORM).custom_id
    button = {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": form}]}
    there = kawaraban.discord.messages.post(room, kawaraban.discord.state.bot, {"content": "…", "components": [button]})
    deny(kawaraban, room, Permission.SEND_MESSAGES)
    opened = await people.click(there, form, ada).answered()
    sent = await kawaraban.settled(people.submit(opened, topics="cs.CL"))
    assert "「メッセージを送信」" in read_answer(sent)
    assert await kawaraban.uses.channels.get(key(room)) is None
    one = await kawaraban.settled(people.slash("paper", room, ada, query=QUERY))
    assert one.message
    share = next(custom for custom in one.message.custom_ids if custom.startswith("share"))
    shared = await kawaraban.settled(people.click(one.message, share, ada))
    assert "「メッセージを送信」" in read_answer(shared)
    assert room.shown == [there]


@pytest.mark.parametrize("permission", THREADS)
async def test_cards_stand_in_the_channel_where_threads_are_not_allowed(
    kawaraban: Bot, ada: User, room: Channel, permission: Permission
) -> None:
    """Known before the first message, from the command."""
    deny(kawaraban, room, permission)
    assert NAMES[permission][1] in await kawaraban.slash("digest subscribe", room, ada)
    assert NAMES[permission][1] in await kawaraban.slash("digest now", room, ada)
    await kawaraban.discord.until(lambda: len(digest_in(room)) == 3, 60)
    headline, *cards = digest_in(room)
    assert NAMES[permission][1] in read(headline)
    assert "スレッドにあります" not in read(headline)
    assert headline.edits == []
    assert all(message.thread is None for message in room.shown)
    platform, ref = kawaraban.connection.platform, MessageRef("discord", f"{room.id}/{headline.id}")
    await platform.edit(ref, made_headline("ja", size=2))  # as when summaries come later
    assert NAMES[permission][1] in read(headline)
    await kawaraban.discord.until(lambda: all(message.reactions for message in cards))
    kawaraban.discord.people.react(cards[0], "🎉", ada)
    await kawaraban.voted(room, 2.0)
    deny(kawaraban, room)
    assert NAMES[permission][1] not in await kawaraban.slash("digest status", room, ada)


@pytest.mark.parametrize("permission", THREADS)
async def test_a_permission_that_is_taken_away_later_moves_the_cards_and_corrects_the_headline(
    kawaraban: Bot, ada: User, room: Channel, permission: Permission
) -> None:
    """Known from Discord's refusal, as for a digest that comes by itself."""
    await kawaraban.slash("digest subscribe", room, ada)
    permissions = kawaraban.discord.state.permissions

    def before(user: User, place: Channel | Guild) -> Permission:
        return permissions(user, place) | permission  # what the command is told

    kawaraban.discord.people.state.permissions = before  # type: ignore[method-assign]  # Discord as it was
    asked = kawaraban.discord.people.slash("digest now", room, ada)
    del kawaraban.discord.people.state.permissions
    deny(kawaraban, room, permission)
    await kawaraban.settled(asked)
    await kawaraban.discord.until(lambda: len(digest_in(room)) == 3, 60)
    await kawaraban.discord.until(lambda: digest_in(room)[0].edits, 60)
    headline = digest_in(room)[0]
    assert NAMES[permission][1] in read(headline)
    assert len(headline.embeds) == 1
    assert headline.custom_ids


async def test_a_permission_given_back_brings_threads_again(kawaraban: Bot, ada: User, room: Channel) -> None:
    deny(kawaraban, room, Permission.CREATE_PUBLIC_THREADS)
    await kawaraban.slash("digest subscribe", room, ada)
    deny(kawaraban, room)
    await kawaraban.slash("digest now", room, ada)
    await kawaraban.discord.until(lambda: len(digest_of(room)) == 3, 60)
    assert "スレッドにあります" in read(digest_of(room)[0])
    assert len(digest_in(room)) == 1


async def test_a_forum_needs_no_permission_to_open_threads(kawaraban: Bot, ada: User, lab: Guild) -> None:
    forum = kawaraban.discord.state.add_channel(lab, "reading", Kind.FORUM)
    post, _ = kawaraban.discord.threads.in_forum(forum, ada, {"name": "Hello", "message": {"content": "first"}})
    deny(kawaraban, forum, Permission.CREATE_PUBLIC_THREADS)
    assert "権限" not in await kawaraban.slash("digest subscribe", post, ada)
    deny(kawaraban, forum, Permission.SEND_MESSAGES_IN_THREADS)
    assert "「スレッドでメッセージを送信」" in await kawaraban.slash("digest now", post, ada)


@pytest.mark.parametrize("permission", POSTING)
async def test_the_notice_of_a_stop_names_the_permission(
    kawaraban: Bot, ada: User, room: Channel, permission: Permission
) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    asked = kawaraban.discord.people.slash("digest now", room, ada)
    deny(kawaraban, room, permission)
    await kawaraban.settled(asked)
    direct = kawaraban.discord.state.dm(ada)
    await kawaraban.discord.until(lambda: direct.shown, 60)
    assert NAMES[permission][1] in read(direct.shown[0])
    assert f"<#{room.id}>" in direct.shown[0].content
    assert (await kawaraban.channel(room)).state is ChannelState.STOPPED
    deny(kawaraban, room)
    await kawaraban.slash("digest subscribe", room, ada)
    await kawaraban.discord.until(lambda: len(digest_of(room)) == 3, 60)


async def test_nobody_is_asked_to_subscribe_in_a_channel_that_is_gone(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    kawaraban.discord.state.delete_channel(room)
    direct = kawaraban.discord.state.dm(ada)
    await kawaraban.discord.until(lambda: direct.shown)
    said = read(direct.shown[0])
    assert "「papers」" in said
    assert "subscribe" not in said


@pytest.mark.parametrize(
    ("kind", "permissions", "posting", "threads"),
    [
        (ChannelType.text, Permissions.all(), (), ()),
        (ChannelType.text, Permissions(administrator=True), (), ()),
        (ChannelType.text, Permissions.none(), ("view_channel",), ()),
        (ChannelType.voice, Permissions(view_channel=True, send_messages=True, embed_links=True), (), ()),
        (
            ChannelType.news,
            Permissions(view_channel=True, send_messages=True, embed_links=True),
            (),
            ("create_public_threads", "send_messages_in_threads"),
        ),
        (
            ChannelType.public_thread,
            Permissions(view_channel=True, embed_links=True),
            ("send_messages_in_threads",),
            (),
        ),
        (
            ChannelType.forum,
            Permissions(view_channel=True),
            ("send_messages", "send_messages_in_threads", "embed_links"),
            (),
        ),
    ],
)
def test_each_kind_of_channel_needs_its_own_permissions(
    kind: ChannelType, permissions: Permissions, posting: tuple[str, ...], threads: tuple[str, ...]
) -> None:
    missing = lacking(permissions, kind)
    assert missing.posting == tuple(f"discord.{one}" for one in posting)
    assert missing.threads == tuple(f"discord.{one}" for one in threads)
