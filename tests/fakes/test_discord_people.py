"""The Discord double's people with the real discord.py: commands, buttons, forms, and the limits of their answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_filling import NotOffered
from tests.fakes.discord_interactions import ANSWER, DEFER, Interaction
from tests.fakes.discord_model import Channel, Guild, Kind, Message, MessageFlag, Permission, User
from tests.support.discord_clients import at_once, connected

Asked = discord.Interaction[discord.Client]


class Bot(discord.Client):
    """Commands and buttons of every kind; `failed` has what went wrong in them."""

    def __init__(self) -> None:
        super().__init__(**at_once())
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.failed: list[discord.HTTPException] = []
        self.go_on = asyncio.Event()

    async def setup_hook(self) -> None:
        _add_commands(self)
        _add_slow_commands(self)
        self.add_view(Buttons())
        await self.tree.sync()


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Details", custom_id="details")
    async def details(self, asked: Asked, _button: discord.ui.Button[discord.ui.View]) -> None:
        await asked.response.edit_message(content="in detail")

    @discord.ui.button(label="Set up", custom_id="form")
    async def form(self, asked: Asked, _button: discord.ui.Button[discord.ui.View]) -> None:
        await asked.response.send_modal(Form())

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, asked: Asked, _button: discord.ui.Button[discord.ui.View]) -> None: ...


class Form(discord.ui.Modal, title="Set up"):
    at: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(label="At", custom_id="at", default="07:00")
    likes: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(label="Papers", custom_id="likes")

    async def on_submit(self, asked: Asked) -> None:
        await asked.response.send_message(f"{self.at.value} {self.likes.value}", ephemeral=True)


def _add_commands(small_bot: Bot) -> None:
    digest = app_commands.Group(
        name="digest", description="digests", default_permissions=discord.Permissions(manage_guild=True)
    )

    @digest.command(name="time", description="when")
    async def set_time(asked: Asked, at: str, zone: str | None = None) -> None:
        await asked.response.send_message(f"{at} {zone}", ephemeral=True)

    @set_time.autocomplete("zone")
    async def zones(asked: Asked, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=one, value=one) for one in ("Asia/Tokyo", "Europe/Paris") if typed in one]

    small_bot.tree.add_command(digest)

    @small_bot.tree.command(name="paper", description="look up")
    async def paper(asked: Asked, ref: str) -> None:
        await asked.response.defer(thinking=True, ephemeral=True)
        await small_bot.go_on.wait()
        try:
            await asked.edit_original_response(content=ref, view=Buttons())
            for number in range(6):
                await asked.followup.send(str(number), ephemeral=True)
        except discord.HTTPException as error:
            small_bot.failed.append(error)

    @small_bot.tree.context_menu(name="Summarise this link")
    async def summarise(asked: Asked, message: discord.Message) -> None:
        await asked.response.send_message(message.content[::-1])


def _add_slow_commands(small_bot: Bot) -> None:
    @small_bot.tree.command(name="follow", description="follows up a deferral")
    async def follow(asked: Asked) -> None:
        await asked.response.defer(thinking=True, ephemeral=True)
        waiting = await asked.original_response()
        first = await asked.followup.send("first", wait=True)
        assert (waiting.id, waiting.flags.loading, first.flags.loading) == (first.id, True, False)
        await asked.followup.send(str(asked.locale), ephemeral=False)

    @small_bot.tree.command(name="openly", description="thinks before everyone")
    async def openly(asked: Asked) -> None:
        await asked.response.defer(thinking=True)
        await small_bot.go_on.wait()
        await asked.delete_original_response()

    @small_bot.tree.command(name="twice", description="answers twice")
    async def twice(asked: Asked) -> None:
        try:
            await asked.response.send_message("once")
            asked.response._response_type = None
            await asked.response.send_message("twice")
        except discord.HTTPException as error:
            small_bot.failed.append(error)

    @small_bot.tree.command(name="late", description="answers late")
    async def late(asked: Asked) -> None:
        await small_bot.go_on.wait()
        try:
            await asked.response.send_message("late")
        except discord.HTTPException as error:
            small_bot.failed.append(error)


@pytest.fixture
def guild(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab", locale="ja")


@pytest.fixture
def papers(discord_double: DiscordDouble, guild: Guild) -> Channel:
    return discord_double.state.add_channel(guild, "papers")


@pytest.fixture
def ada(discord_double: DiscordDouble, guild: Guild) -> User:
    return discord_double.state.add_user("ada", guild, locale="ja")


@pytest.fixture
async def small_bot(discord_double: DiscordDouble, papers: Channel) -> AsyncIterator[Bot]:
    async with connected(discord_double, client := Bot()):
        yield client


async def test_a_command_is_answered_to_the_asker_alone(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, guild: Guild
) -> None:
    asked = discord_double.people.slash("digest time", papers, guild.owner, at="07:00", zone="Asia/Tokyo")
    await asked.answered()
    assert asked.message
    assert (asked.response, asked.ephemeral, asked.message.content) == (ANSWER, True, "07:00 Asia/Tokyo")
    assert asked.first_after == 0  # of the double's clock, which nobody moved
    assert papers.shown == []


async def test_words_are_completed(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, guild: Guild
) -> None:
    asked = discord_double.people.complete("digest time", papers, guild.owner, "zone", at="07:00", zone="Asia")
    await asked.answered()
    assert [one["value"] for one in asked.choices] == ["Asia/Tokyo"]


async def test_a_deferred_answer_comes_later_and_goes_on(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    asked = discord_double.people.slash("paper", papers, ada, ref="2602.21548")
    await asked.acknowledged()
    assert (asked.response, asked.ephemeral, asked.message) == (DEFER, True, None)
    small_bot.go_on.set()
    await discord_double.until(lambda: len(asked.followups) == 6)
    assert asked.message
    assert (asked.message.content, asked.ephemeral, asked.edits, small_bot.failed) == ("2602.21548", True, 1, [])

    clicked = discord_double.people.click(asked.message, "details", ada)
    await clicked.answered()
    assert asked.message.content == "in detail"


async def test_the_first_follow_up_fills_the_deferral_and_is_as_private(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    asked = discord_double.people.slash("follow", papers, ada)
    await discord_double.until(lambda: asked.followups)
    assert asked.message
    assert (asked.message.content, asked.ephemeral) == ("first", True)
    assert [one.content for one in papers.shown] == ["ja"]


async def test_everyone_sees_it_think(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    asked = discord_double.people.slash("openly", papers, ada)
    await asked.acknowledged()
    assert [one.flags for one in papers.shown] == [MessageFlag.LOADING]
    small_bot.go_on.set()
    await discord_double.until(lambda: asked.deleted)
    assert papers.shown == []


async def test_a_token_ends_after_fifteen_minutes(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    asked = discord_double.people.slash("paper", papers, ada, ref="x")
    await asked.acknowledged()
    discord_double.clock.advance(901)
    small_bot.go_on.set()
    await discord_double.until(lambda: small_bot.failed)
    assert (small_bot.failed[0].status, small_bot.failed[0].code) == (401, 50027)


async def test_the_first_answer_comes_within_three_seconds_and_once(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    late = discord_double.people.slash("late", papers, ada)
    await discord_double.until(lambda: len(discord_double.gateway.connected) == 1)
    discord_double.clock.advance(3.1)
    small_bot.go_on.set()
    await discord_double.until(lambda: small_bot.failed)
    twice = discord_double.people.slash("twice", papers, ada)
    await discord_double.until(lambda: len(small_bot.failed) == 2)
    assert [one.code for one in small_bot.failed] == [10062, 40060]
    assert (late.response, [one.content for one in papers.shown]) == (None, ["once"])
    assert twice.message is papers.shown[0]
    assert not twice.ephemeral


async def test_a_form_is_opened_filled_in_and_sent(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    channel = small_bot.get_channel(papers.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("hello", view=Buttons())
    [greeting] = papers.shown
    opened = discord_double.people.click(greeting, "form", ada)
    await opened.answered()
    assert opened.modal
    assert opened.modal["title"] == "Set up"
    sent = discord_double.people.submit(opened, likes="2602.21548")
    await sent.answered()
    assert sent.message
    assert (sent.message.content, sent.ephemeral) == ("07:00 2602.21548", True)
    with pytest.raises(NotOffered):
        discord_double.people.click(greeting, "off", ada)
    for wrong in ({"unknown": "x"}, {"likes": ""}, {"likes": "x" * 4_001}):  # `likes` is required, as clients insist
        with pytest.raises(NotOffered):
            discord_double.people.submit(opened, **wrong)


async def test_a_message_has_a_menu(discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User) -> None:
    message = discord_double.people.say(papers, ada, "https://papers.example")
    asked = discord_double.people.menu("Summarise this link", message, ada)
    await asked.answered()
    assert papers.shown[-1].content == "elpmaxe.srepap//:sptth"
    assert papers.shown[-1].interaction is not None


async def test_who_is_offered_a_command(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, guild: Guild, ada: User
) -> None:
    people, state = discord_double.people, discord_double.state
    with pytest.raises(NotOffered, match="needs permissions"):
        people.slash("digest time", papers, ada, at="07:00")
    people.override("digest", ada, papers, allowed=True)
    await people.slash("digest time", papers, ada, at="07:00").answered()
    state.add_role(guild, "editors", Permission.MANAGE_GUILD, bob := state.add_user("bob", guild))
    await people.slash("digest time", papers, bob, at="07:00").answered()
    found = await small_bot.tree.fetch_commands()
    [digest] = [one for one in found if one.name == "digest"]
    allowed = await digest.fetch_permissions(discord.Object(guild.id))
    assert [(one.id, one.permission) for one in allowed.permissions] == [(ada.id, True)]
    for bad in ({"at": 7}, {}, {"at": "x", "more": "y"}):
        with pytest.raises(NotOffered):
            people.slash("digest time", papers, bob, **bad)
    with pytest.raises(NotOffered):
        people.slash("digest", papers, bob)


async def test_installed_for_a_user_alone(discord_double: DiscordDouble, small_bot: Bot) -> None:
    state, people = discord_double.state, discord_double.people
    foreign = state.add_guild("Foreign", with_bot=False)
    talk = state.add_channel(foreign, "talk")
    eve = state.add_user("eve", foreign)
    with pytest.raises(NotOffered, match="not installed"):
        people.slash("paper", talk, eve, ref="x")
    eve.installed = True
    small_bot.go_on.set()
    asked = people.slash("paper", talk, eve, ref="x")
    await discord_double.until(lambda: small_bot.failed)
    assert (len(asked.followups), small_bot.failed[0].code) == (5, 40094)
    assert asked.user_install_only
    with pytest.raises(discord.Forbidden):
        await small_bot.http.get_channel(talk.id)

    private = people.slash("paper", state.dm(eve), eve, ref="in private")
    await private.answered()
    assert private.message
    assert private.message.content == "in private"


async def test_commands_keep_their_ids_and_are_counted(
    discord_double: DiscordDouble, small_bot: Bot, guild: Guild
) -> None:
    commands = discord_double.commands
    before = {one["name"]: (one["id"], one["version"]) for one in commands.registered[None]}
    await small_bot.tree.sync()
    assert {one["name"]: (one["id"], one["version"]) for one in commands.registered[None]} == before
    assert commands.overwrites == 2
    small_bot.tree.copy_global_to(guild=discord.Object(guild.id))
    await small_bot.tree.sync(guild=discord.Object(guild.id))
    assert {
        one["name"] for one in await small_bot.http.get_guild_commands(small_bot.application_id or 0, guild.id)
    } == set(before)


TEXT = {"type": 3, "name": "text", "description": "x"}


def subcommand(name: str, *options: Any, about: str = "x") -> Any:
    return {"type": 1, "name": name, "description": about, "options": [*options]}


def group(name: str, *options: Any) -> Any:
    return {"type": 2, "name": name, "description": "x", "options": [*options]}


def below(*options: Any) -> Any:
    return [{"name": "digest", "description": "x", "options": [*options]}]


async def test_groups_of_subcommands_are_offered_to_their_full_number(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    many = [group(f"g{n}", *(subcommand(f"a{k}", TEXT) for k in range(25))) for n in range(12)]
    await small_bot.http.bulk_upsert_global_commands(
        small_bot.application_id or 0, below(*many, subcommand("flat", TEXT))
    )

    asked = discord_double.people.slash("digest g3 a24", papers, ada, text="x")
    assert asked.asked["options"] == [
        {
            "type": 2,
            "name": "g3",
            "options": [{"type": 1, "name": "a24", "options": [{"type": 3, "name": "text", "value": "x"}]}],
        }
    ]
    for path in ("digest", "digest g3", "digest a24", "digest flat a24", "digest g3 a24 text"):
        with pytest.raises(NotOffered):
            discord_double.people.slash(path, papers, ada)
    old = below(subcommand("old", TEXT))[0]
    remembered = discord_double.people.slash_from_cache(old, "digest old", papers, ada, text="x")
    assert remembered.asked["options"][0]["name"] == "old"


@pytest.mark.parametrize(
    ("bodies", "path"),
    [
        ([{"name": "Paper", "description": "x"}], ("name",)),
        ([{"name": "paper", "description": ""}], ("description",)),
        ([{"name": "p", "description": "x"}] * 2, ()),
        ([{"name": f"p{n}", "description": "x"} for n in range(101)], ()),
        (
            [{"name": "p", "description": "x", "options": [{"type": 3, "name": "A", "description": "x"}]}],
            ("0", "options"),
        ),
        (
            [{"name": "p", "description": "x", "name_localizations": {"ja": "ろ" * 33}}],
            ("0", "name_localizations", "ja"),
        ),
        (below(subcommand("a"), TEXT), ("0", "options")),
        (below(group("g", TEXT)), ("0", "options")),
        (below(group("g", group("h", subcommand("a")))), ("0", "options", "type")),
        (below(subcommand("a", subcommand("b"))), ("0", "options", "type")),
        (below(subcommand("a", group("g", subcommand("b")))), ("0", "options", "type")),
        (below(group("g", subcommand("a"), subcommand("a"))), ("0", "options")),
        (below(group("a", subcommand("b")), subcommand("a")), ("0", "options")),
        (below(*(group(f"g{n}", subcommand("a")) for n in range(26))), ("0", "options")),
        (below(group("g", *(subcommand(f"a{n}") for n in range(26)))), ("0", "options")),
        (below(*(group(f"g{k}", *(subcommand(f"a{n}", about="x" * 90) for n in range(25))) for k in range(4))), ("0",)),
    ],
)
async def test_commands_out_of_bounds(
    discord_double: DiscordDouble, small_bot: Bot, bodies: list[Any], path: tuple[str, ...]
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await small_bot.http.bulk_upsert_global_commands(small_bot.application_id or 0, bodies)
    assert refused.value.code == 50035
    assert all(step in str(refused.value) for step in path)
    assert "paper" in {one["name"] for one in discord_double.commands.registered[None]}
    discord_double.contract.findings.clear()  # some of it is against the description too


async def test_an_answer_out_of_bounds_is_refused_and_can_be_given_again(
    discord_double: DiscordDouble, small_bot: Bot, papers: Channel, ada: User
) -> None:
    small_bot.go_on.set()
    asked: Interaction = discord_double.people.slash("paper", papers, ada, ref="x" * 2001)
    await discord_double.until(lambda: small_bot.failed)
    assert (small_bot.failed[0].code, asked.message) == (50035, None)
    discord_double.contract.findings.clear()


def test_kinds_of_channels_and_messages_are_told_apart(discord_double: DiscordDouble, papers: Channel) -> None:
    ada = discord_double.state.add_user("ada")
    assert (papers.kind, discord_double.state.dm(ada).kind) == (Kind.TEXT, Kind.DM)
    message: Message = discord_double.people.dm(ada, "x")
    assert discord_double.state.dm(ada).shown == [message]
