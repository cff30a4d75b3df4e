"""What the doctor says of Discord."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from adapters.discord.checks import PERMISSIONS, checks
from adapters.discord.settings import DiscordSettings
from bot.operations.doctor import Diagnosis, diagnose
from bot.words import words_for
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import READER, Permission
from tests.support.discord_bots import settings_of


async def found(settings: DiscordSettings) -> dict[str, Diagnosis]:
    """Each check's outcome; each problem has its sentence."""
    made = {one.name: one for one in await diagnose(checks(settings))}
    for language in ("ja", "en"):
        words = words_for(language)
        for name, one in made.items():
            assert words.say(f"cli.doctor.{name}")
            assert one.problem is None or "?" not in words.error(one.problem).replace("authorize?", "")
    return made


def codes(made: dict[str, Diagnosis]) -> dict[str, str | None]:
    return {name: one.problem.code if one.problem else None for name, one in made.items()}


async def test_all_is_well_and_the_invitation_is_told(discord_double: DiscordDouble) -> None:
    discord_double.state.add_guild("Lab")
    made = await found(settings_of(discord_double))
    assert codes(made) == {"discord": None, "discord_servers": None}
    asked = parse_qs(urlsplit(made["discord"].address).query)
    assert asked["client_id"] == [str(discord_double.state.application.id)]
    assert asked["scope"] == ["bot applications.commands"]
    assert int(asked["permissions"][0]) & int(READER) == sum(PERMISSIONS.values())


async def test_a_bot_that_is_nowhere_is_to_be_invited(discord_double: DiscordDouble) -> None:
    made = await found(settings_of(discord_double))
    assert codes(made) == {"discord": None, "discord_servers": "discord.nowhere"}
    problem = made["discord_servers"].problem
    assert problem
    assert made["discord"].address in words_for("en").error(problem)


async def test_a_missing_permission_is_named_with_its_server(discord_double: DiscordDouble) -> None:
    discord_double.state.add_guild("Strict", permissions=READER & ~Permission.EMBED_LINKS)
    discord_double.state.add_guild("Open", permissions=Permission.ADMINISTRATOR)
    problem = (await found(settings_of(discord_double)))["discord_servers"].problem
    assert problem
    assert problem.code == "discord.permissions"
    assert (problem.arguments["permissions"], problem.arguments["servers"]) == (["Embed Links"], ["Strict"])


async def test_a_wrong_token_is_named_but_not_shown(discord_double: DiscordDouble) -> None:
    made = await found(settings_of(discord_double, discord_token=SecretStr("MTIz.wrong.token")))
    assert codes(made)["discord"] == "discord.token"
    for language in ("ja", "en"):
        for one in made.values():
            assert one.problem
            assert "wrong" not in words_for(language).error(one.problem)


async def test_without_a_token_there_is_nothing_to_look_at() -> None:
    assert checks(DiscordSettings(_env_file=None)) == ()  # type: ignore[call-arg]  # BaseSettings' own argument
