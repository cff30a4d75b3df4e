"""Slack as an adapter: everything constructed, nothing started."""

from __future__ import annotations

import asyncio

from adapters.common.tasks import Tasks
from adapters.slack.asking import Asking
from adapters.slack.configuring import Configuring
from adapters.slack.errors import NAME
from adapters.slack.events import Events
from adapters.slack.forms import Forms
from adapters.slack.install import Installing
from adapters.slack.listening import bolt, route
from adapters.slack.people import People
from adapters.slack.platform import SlackPlatform
from adapters.slack.socket import Socket
from adapters.slack.workspaces import Http, Workspaces
from bot.chat.uses import UseCases
from bot.errors import SettingsError
from bot.models import ChannelKey
from bot.ports import Adapter, Route, StopSignal
from bot.settings import Settings
from bot.words import words_for

# https://docs.slack.dev/apis/web-api/rate-limits: chat.postMessage takes "several hundred" a minute of a workspace,
# here 300 at 90 %, and about one a second of a channel.
RATE = 4.5
SPACING = 1.1
# Seconds, of the ten that a stop may take: for what people asked for, and in all for the calls under way, of which the
# deliverer's may take 7. Before them, the socket's last acknowledgements take 3 at most.
_LAST, _DRAIN, _CLOSE = 3.0, 3.0, 9.0


def build(settings: Settings, uses: UseCases) -> Adapter | None:
    """The adapter; None where neither a bot token nor an OAuth client is set. Raises SettingsError for what is missing
    beside it."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    client_secret = settings.slack_client_secret
    if not token and not (settings.slack_client_id and client_secret):
        return None
    problems = _missing(settings, token)
    if problems:
        raise SettingsError(problems)
    http = Http(settings.slack_api_url)
    workspaces = Workspaces(http, token, uses.installations)
    people, tasks = People(workspaces), Tasks(NAME)
    configuring = Configuring(uses, people)
    by_http = settings.slack_mode == "http"
    secret = settings.slack_signing_secret
    sorry = words_for(uses.defaults.language).say("chat.not_installed")
    app = bolt(workspaces, secret.get_secret_value() if secret and by_http else "", sorry)
    Asking(uses, workspaces, people, configuring, tasks).register(app)
    Forms(uses, workspaces, people, configuring, tasks).register(app)
    Events(uses, workspaces, people).register(app)
    routes: list[Route] = [route(app)] if by_http else []
    if not token and settings.slack_client_id and client_secret and settings.public_url:
        installing = Installing(
            workspaces,
            uses,
            client_id=settings.slack_client_id,
            client_secret=client_secret.get_secret_value(),
            public_url=settings.public_url,
            slack_url=settings.slack_api_url,
        )
        routes += installing.routes()
    socket = None
    if not by_http and settings.slack_app_token:
        socket = Socket(app, http, settings.slack_app_token.get_secret_value())
    platform = SlackPlatform(workspaces)

    async def run(stop: StopSignal) -> None:
        """Receive until `stop`; then finish what was asked for."""
        try:
            await (socket.run(stop) if socket else stop.wait())
        finally:
            await asyncio.shield(_wind_up(tasks, http))

    return Adapter(
        NAME,
        platform,
        reactions=platform,
        run=run,
        routes=routes,
        rates={NAME: RATE},
        bucket=_bucket,
        spacing=SPACING,
        direct=direct,
    )


def _missing(settings: Settings, token: str) -> list[tuple[str, str, str]]:
    problems = []
    if settings.slack_mode == "http" and not _given(settings.slack_signing_secret):
        # Bolt itself would find out at the first request.
        problems.append(("SLACK_SIGNING_SECRET", "settings.slack_signing_secret", ""))
    if settings.slack_mode == "socket" and not _given(settings.slack_app_token):
        problems.append(("SLACK_APP_TOKEN", "settings.slack_app_token", ""))
    if not token and not settings.public_url:
        problems.append(("PUBLIC_URL", "settings.slack_public_url", ""))
    return problems


def _given(secret: object) -> bool:
    return bool(secret and str(getattr(secret, "get_secret_value", str)()).strip())


async def _wind_up(tasks: Tasks, http: Http) -> None:
    began = asyncio.get_running_loop().time()
    await tasks.drain(_DRAIN)
    await http.close(_CLOSE - _LAST - (asyncio.get_running_loop().time() - began))


def _bucket(channel: ChannelKey) -> str:
    """Each workspace has its own."""
    return f"{NAME}:{channel.name.partition('/')[0]}"


def direct(channel: ChannelKey, user: str) -> ChannelKey:
    """Where somebody of the channel's workspace is written to alone."""
    return ChannelKey(NAME, f"{channel.name.partition('/')[0]}/{user}")
