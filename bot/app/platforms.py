"""Which platforms the settings set up; a vendor's package is imported only for those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operations.doctor import Check
from bot.ports import Adapter
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.chat.uses import UseCases


def adapters_of(settings: Settings, uses: UseCases) -> list[Adapter]:
    """Those that have what they need; a vendor's package is imported only for them."""
    found: list[Adapter | None] = []
    if settings.hugo_content_dir:
        from adapters.hugo.adapter import build as build_hugo

        found.append(build_hugo())
    if settings.slack_bot_token or settings.slack_client_id:
        from adapters.slack.adapter import build as build_slack

        found.append(build_slack(settings, uses))
    if settings.discord_token:
        from adapters.discord.adapter import build as build_discord

        found.append(build_discord(settings, uses))
    return [adapter for adapter in found if adapter]


def chat_checks(settings: Settings) -> list[Check]:
    """Those of the chat platforms that are set up; a vendor's package is imported only for them."""
    found: list[Check] = []
    if settings.slack_bot_token or settings.slack_client_id:
        from adapters.slack.checks import checks as slack_checks

        found += slack_checks(settings)
    if settings.discord_token:
        from adapters.discord.checks import checks as discord_checks

        found += discord_checks(settings)
    return found
