"""Slack's environment variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bot.settings import AdapterSettings, Address, Problem, Secret

if TYPE_CHECKING:
    from bot.chat.uses import UseCases
    from bot.ports import Adapter


class SlackSettings(AdapterSettings):
    """Settings for one workspace (bot token) or many (OAuth), with events by Socket Mode or HTTP."""

    codes: ClassVar[Mapping[str, str]] = {"slack_mode": "settings.slack_mode"}

    slack_bot_token: Secret | None = None
    slack_app_token: Secret | None = None
    slack_signing_secret: Secret | None = None
    slack_client_id: str | None = None
    slack_client_secret: Secret | None = None
    slack_mode: Literal["socket", "http"] = "socket"
    slack_api_url: Address = "https://slack.com"
    public_url: Address | None = None  # shared with the core; Slack redirects browsers back to it

    @property
    def token(self) -> str:
        """The bot token of a single workspace, empty with OAuth."""
        return _shown(self.slack_bot_token)

    @property
    def app_token(self) -> str:
        """The token for Socket Mode, empty if unset."""
        return _shown(self.slack_app_token)

    @property
    def signing_secret(self) -> str:
        """The secret with which Slack signs its requests, empty if unset."""
        return _shown(self.slack_signing_secret)

    @property
    def client_id(self) -> str:
        """The OAuth client's id, empty if unset."""
        return (self.slack_client_id or "").strip()

    @property
    def client_secret(self) -> str:
        """The OAuth client's secret, empty if unset."""
        return _shown(self.slack_client_secret)

    @property
    def by_http(self) -> bool:
        return self.slack_mode == "http"

    @property
    def wanted(self) -> bool:
        given = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.slack_client_id,
            self.slack_client_secret,
        )
        return self.by_http or any(one is not None for one in given)

    @property
    def missing(self) -> Sequence[Problem]:
        """Unset variables: the bot token or the rest of OAuth, and what the mode needs."""
        return [*self._missing_access(), *self._missing_events()] if self.wanted else []

    def _missing_access(self) -> Sequence[Problem]:
        if self.token:
            return []
        if not self.client_id and not self.client_secret:
            return [("SLACK_BOT_TOKEN", "settings.slack_bot_token", "")]
        needed = (
            ("SLACK_CLIENT_ID", "settings.slack_client_id", self.client_id),
            ("SLACK_CLIENT_SECRET", "settings.slack_client_secret", self.client_secret),
            ("PUBLIC_URL", "settings.slack_public_url", self.public_url),
        )
        return [(variable, code, "") for variable, code, value in needed if not value]

    def _missing_events(self) -> Sequence[Problem]:
        if self.by_http:
            # Bolt would complain only at the first request.
            return [] if self.signing_secret else [("SLACK_SIGNING_SECRET", "settings.slack_signing_secret", "")]
        return [] if self.app_token else [("SLACK_APP_TOKEN", "settings.slack_app_token", "")]

    def adapter(self) -> Adapter[UseCases]:
        from adapters.slack.adapter import build

        return build(self)


def _shown(secret: Secret | None) -> str:
    return secret.get_secret_value() if secret else ""
