"""Discord's environment variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.settings import AdapterSettings, Address, Problem, Secret

if TYPE_CHECKING:
    from bot.chat.uses import UseCases
    from bot.ports import Adapter


class DiscordSettings(AdapterSettings):
    """The bot's token, and the address of Discord's API."""

    discord_token: Secret | None = None
    discord_api_url: Address = "https://discord.com/api/v10"

    @property
    def token(self) -> str:
        """The bot's token, empty if unset."""
        return self.discord_token.get_secret_value() if self.discord_token else ""

    @property
    def wanted(self) -> bool:
        return self.discord_token is not None

    @property
    def missing(self) -> Sequence[Problem]:
        return [("DISCORD_TOKEN", "settings.discord_token", "")] if self.wanted and not self.token else []

    def adapter(self) -> Adapter[UseCases]:
        from adapters.discord.adapter import build

        return build(self)
