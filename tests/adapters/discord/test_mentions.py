"""Commands and instants in answers: as what one can click, and in every reader's own time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.discord import text
from adapters.discord.mentions import clickable
from adapters.discord.replies import answers
from bot.chat.registry import COMMANDS
from bot.errors import BudgetError
from bot.models import ChannelKey, NextStep, Reply, failed, heading, say
from bot.words import words_for
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Permission, User, flattened
from tests.support.discord_bots import Bot, read_answer, running

IDS = {"digest": "12", "paper": "34"}
AT = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
PATHS = {f"digest {one.group.name} {one.name}" if one.group else f"digest {one.name}" for one in COMMANDS.specs}


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("/digest subscribe", "</digest subscribe:12>"),
        ("/digest time", "</digest channel time:12>"),
        ("/digest channel time 07:00 Asia/Tokyo", "</digest channel time:12> `07:00 Asia/Tokyo`"),
        ("/digest top week", "</digest top:12> `week`"),
        ("/paper 2602.21548", "</paper:34> `2602.21548`"),
        ("/paper", "</paper:34>"),
        ("/digest", "`/digest`"),
        ("/digest channel …", "`/digest channel …`"),
        ("/digest dance", "`/digest dance`"),
        ("kawaraban doctor", "`kawaraban doctor`"),
        ("+", "`+`"),
    ],
)
def test_a_command_that_can_be_sent_can_be_clicked(code: str, shown: str) -> None:
    assert clickable(code, IDS) == shown
    assert clickable(code, {}) == f"`{code}`"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_line_of_the_help_names_its_command(language: str) -> None:
    reply = Reply(language, "UTC", tuple(say(spec.help) for spec in COMMANDS.specs))
    contents = "\n".join(one.body["content"] for one in answers(reply, ids=IDS))
    assert {*re.findall(r"</([-\w ]+):12>", contents)} == PATHS
    assert all(line.count("`") % 2 == 0 for line in contents.split("\n"))


def test_an_instant_is_in_the_readers_own_time() -> None:
    seconds = int(AT.timestamp())
    reply = Reply("ja", "Asia/Tokyo", (say("channels.state.active", next=AT),))
    assert answers(reply)[0].body["content"] == f"次のダイジェストは<t:{seconds}:F>に届きます。"
    error = BudgetError("budget.day", cap_usd=1.0, resets_at=AT)
    for language in ("ja", "en"):
        content = answers(failed(error, language, "Asia/Tokyo"))[0].body["content"]
        assert f"<t:{seconds}:F>" in content
        assert "\ue000" not in content


def test_markup_of_others_stays_text() -> None:
    title = "</digest subscribe:12> <t:1:F> <@5> \x02<@6>\x03 \ue0000\ue000"
    reply = Reply("en", "UTC", (say("channels.top.paper", n=1, rank=1, title=title),))
    content = answers(reply, ids=IDS)[0].body["content"]
    assert not re.search(r"(?<!\\)<[/t@]", content.replace("\\<", ""))
    assert text.live("<@5>") not in content


def test_headings_stand_above_their_group_and_steps_are_one_menu() -> None:
    reply = Reply("ja", "UTC", (heading("channels.help.everyone"), say("channels.help.help")), steps=tuple(NextStep))
    body = answers(reply, ids=IDS)[0].body
    assert body["content"].split("\n")[0] == "### 誰でも使えるコマンド"
    (menu,) = [one for one in flattened(body["components"]) if one["type"] == 3]
    assert [one["value"] for one in menu["options"]] == [*NextStep]
    assert menu["placeholder"] == words_for("ja").say("steps.placeholder")


# --- in a server --------------------------------------------------------------------------------


@pytest.fixture
def room(discord_double: DiscordDouble) -> Channel:
    lab = discord_double.state.add_guild("Lab", locale="ja")
    discord_double.state.add_channel(lab, "general")
    return discord_double.state.add_channel(lab, "papers")


@pytest.fixture
def ada(discord_double: DiscordDouble, room: Channel) -> User:
    assert room.guild
    ada = discord_double.state.add_user("ada", room.guild, locale="ja")
    discord_double.state.add_role(room.guild, "staff", Permission.MANAGE_GUILD, ada)
    return ada


@pytest.fixture
async def kawaraban(discord_double: DiscordDouble, ada: User) -> AsyncIterator[Bot]:
    async with running(discord_double) as at_work:
        yield at_work


async def test_answers_name_commands_by_the_ids_that_discord_gave(kawaraban: Bot, ada: User, room: Channel) -> None:
    registered = {one["name"]: one["id"] for one in kawaraban.discord.commands.registered[None]}
    said = await kawaraban.slash("digest help", room, ada)
    assert {*re.findall(rf"</([-\w ]+):{registered['digest']}>", said)} >= PATHS
    assert f"</digest subscribe:{registered['digest']}>" in await kawaraban.slash("digest status", room, ada)
    assert re.search(r"<t:\d+:F>", await kawaraban.slash("digest subscribe", room, ada))


async def test_a_bare_mention_tells_the_state_and_the_steps(kawaraban: Bot, ada: User, room: Channel) -> None:
    people = kawaraban.discord.people
    people.say(room, ada, "", mentions_bot=True)
    await kawaraban.discord.until(lambda: len(room.shown) == 2)
    answer = room.shown[-1]
    (menu,) = answer.custom_ids
    one = await kawaraban.settled(people.click(answer, menu, ada, ["subscribe"]))
    assert "購読を開始しました" in read_answer(one)
    assert one.ephemeral
    helped = await kawaraban.settled(people.click(answer, menu, ada, ["help"]))
    assert "### " in "".join(message.content for message in filter(None, [helped.message, *helped.followups]))
    opened = await people.click(answer, menu, ada, ["status"]).answered()
    assert opened.modal
    assert room.guild
    assert await kawaraban.uses.channels.get(ChannelKey("discord", f"{room.guild.id}/{room.id}"))


async def test_a_look_up_by_mention_shows_its_embeds(kawaraban: Bot, ada: User, room: Channel) -> None:
    """The interim answer's flag, which hides previews, would hide them."""
    query = "TideCache: Streaming Key-Value Caches That Forget on Schedule"
    kawaraban.discord.people.say(room, ada, query, mentions_bot=True)
    await kawaraban.discord.until(lambda: len(room.shown) == 2 and room.shown[-1].embeds)
    assert room.shown[-1].edits
    assert room.shown[-1].flags == 0
    assert room.shown[-1].content == ""
