"""The list of all adapters, and the selection of those that the settings set up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.discord.settings import DiscordSettings
from adapters.hugo.settings import HugoSettings
from adapters.slack.settings import SlackSettings
from bot.app.variables import malformed, misplaced
from bot.errors import SettingsError
from bot.ports import Adapter, HealthCheck
from bot.settings import AdapterSettings, Configuration, load_configuration

if TYPE_CHECKING:
    from bot.chat.uses import UseCases

ADAPTERS: Sequence[type[AdapterSettings]] = (HugoSettings, SlackSettings, DiscordSettings)


def configured(dotenv: Path = Path(".env")) -> Configuration:
    """Read the settings of the core and of all adapters. Raises SettingsError with all problems."""
    return load_configuration(ADAPTERS, dotenv)


def adapters_of(configuration: Configuration) -> list[Adapter[UseCases]]:
    """Build the adapters that are set up, importing vendors' packages only for these.

    Raises SettingsError with everything that they lack; a platform that is only partly set up is never ignored.
    """
    _complete(configuration)
    return [settings.adapter() for settings in configuration.adapters if settings.wanted]


def checks_of(configuration: Configuration) -> list[HealthCheck]:
    """Return the checks of the adapters that are set up, preceded by one that names missing settings, if any."""

    async def complete() -> None:
        _complete(configuration)

    wanted = [settings for settings in configuration.adapters if settings.wanted]
    wrong = malformed(configuration) or misplaced(configuration) or any(settings.missing for settings in wanted)
    incomplete = [HealthCheck("settings", complete)] if wrong else []
    return incomplete + [check for settings in wanted for check in settings.adapter().checks]


def _complete(configuration: Configuration) -> None:
    problems = malformed(configuration) + misplaced(configuration)
    problems += [one for settings in configuration.adapters for one in settings.missing]
    if problems:
        raise SettingsError(problems)
