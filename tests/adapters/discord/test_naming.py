"""What channels on Discord are called, for the operator."""

from __future__ import annotations

from bot.models import ChannelKey
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Kind
from tests.support.discord_bots import key, running


async def test_channels_and_people_have_their_names(discord_double: DiscordDouble) -> None:
    guild = discord_double.state.add_guild("Lantern Lab")
    ada = discord_double.state.add_user("ada", guild)
    rooms = [
        discord_double.state.add_channel(guild, name, kind)
        for name, kind in (("papers", Kind.TEXT), ("talk", Kind.FORUM))
    ]
    async with running(discord_double) as kawaraban:
        ask = kawaraban.connection.name_of
        assert ask
        names = [await ask(key(room)) for room in rooms]
        person = await ask(ChannelKey("discord", f"@me/{ada.id}"))
        gone = await ask(ChannelKey("discord", f"{guild.id}/1"))

    assert names == ["Lantern Lab #papers", "Lantern Lab #talk"]
    assert person
    assert gone == ""
