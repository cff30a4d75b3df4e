"""Build the Slack adapter, without starting anything."""

from __future__ import annotations

import asyncio
from functools import partial

from adapters.common.tasks import Tasks
from adapters.slack.asking import Asking
from adapters.slack.checks import checks
from adapters.slack.clicks import Clicks
from adapters.slack.configuring import Configuring
from adapters.slack.errors import NAME
from adapters.slack.events import Events
from adapters.slack.forms import Forms
from adapters.slack.install import Client, Installing
from adapters.slack.listening import bolt, route
from adapters.slack.naming import Naming
from adapters.slack.people import People
from adapters.slack.platform import SlackPlatform
from adapters.slack.probe import Probe
from adapters.slack.questions import Questions
from adapters.slack.settings import SlackSettings
from adapters.slack.socket import Socket
from adapters.slack.workspaces import Http, Workspaces
from bot.chat.uses import UseCases
from bot.common.health import STARTING, Health, Monitor, worst
from bot.common.signals import StopSignal
from bot.models import ChannelKey, Layout
from bot.ports import Adapter, Connection, PlatformFacts, Route
from bot.words import words_for

# https://docs.slack.dev/apis/web-api/rate-limits: chat.postMessage takes "several hundred" a minute of a workspace,
# here 300 at 90 %, and about one a second of a channel.
RATE = 4.5
SPACING = 1.1
LAYOUTS = (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)
# Seconds out of the ten allowed for a shutdown: first up to 3 for the socket's last acknowledgements, then `_DRAIN` for
# pending answers; `_CLOSE` bounds it all, including calls in flight, of which the deliverer's may take 7.
_LAST, _DRAIN, _CLOSE = 3.0, 3.0, 9.0


def build(settings: SlackSettings) -> Adapter[UseCases]:
    """Build the adapter, with a rate limit per workspace."""
    return Adapter(
        PlatformFacts(
            NAME, rates={NAME: RATE}, bucket=_bucket, spacing=SPACING, layouts=LAYOUTS, direct=direct, personal=personal
        ),
        partial(_connect, settings),
        checks=checks(settings),
    )


def _connect(settings: SlackSettings, uses: UseCases) -> Connection:
    http = Http(settings.slack_api_url)
    workspaces = Workspaces(http, settings.token, uses.installations)
    people, tasks = People(workspaces), Tasks(NAME)
    configuring = Configuring(uses, people, tasks)
    sorry = words_for(uses.defaults.language).say("chat.not_installed")
    app = bolt(workspaces, settings.signing_secret if settings.by_http else "", sorry)
    clicks = Clicks(workspaces, configuring)
    questions = Questions(uses, workspaces, people, configuring, clicks, tasks)
    questions.register(app)
    asking = Asking(uses, workspaces, people, configuring, clicks, questions)
    asking.register(app)
    Forms(uses, workspaces, people, configuring).register(app)
    Events(uses, workspaces, people).register(app)
    asking.register_others(app)
    routes: list[Route] = [route(app, settings.signing_secret)] if settings.by_http else []
    if not settings.token and settings.public_url:
        routes += Installing(workspaces, uses, Client.of(settings, settings.public_url)).routes()
    socket = None if settings.by_http else Socket(app, http, settings.app_token, Monitor(uses.clock, problem=STARTING))
    platform = SlackPlatform(workspaces)

    probe = Probe(http, settings.token, uses.clock)

    async def run(stop: StopSignal) -> None:
        """Receive events until `stop`."""
        looking = tasks.start(questions.take_up(), "the look for questions that a restart cut off")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(probe.run(stop))
                if socket:
                    group.create_task(socket.run(stop))
        finally:
            if looking:
                looking.cancel()  # whoever runs next looks again

    async def close() -> None:
        """Finish the pending answers."""
        await asyncio.shield(_wind_up(tasks, http))

    def health() -> Health:
        return worst(*([socket.monitor.health] if socket else []), probe.health)

    return Connection(platform, platform, run, routes, close, health, Naming(workspaces).name_of)


async def _wind_up(tasks: Tasks, http: Http) -> None:
    began = asyncio.get_running_loop().time()
    await tasks.drain(_DRAIN)
    await http.close(_CLOSE - _LAST - (asyncio.get_running_loop().time() - began))


def _bucket(channel: ChannelKey) -> str:
    """Return the rate-limit bucket: one per workspace."""
    return f"{NAME}:{channel.name.partition('/')[0]}"


def direct(channel: ChannelKey, user: str) -> ChannelKey:
    """Return the key of the direct messages with `user`, in the workspace of `channel`."""
    return ChannelKey(NAME, f"{channel.name.partition('/')[0]}/{user}")


def personal(channel: ChannelKey) -> bool:
    """Direct messages, by their own id or by the person's."""
    return channel.name.partition("/")[2].startswith(("D", "U", "W"))
