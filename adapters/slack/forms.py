"""The settings form, opened and submitted, and the home tab."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.slack.answers import Asked, ByUrl, Ephemeral, HomeTab, Outlet
from adapters.slack.configuring import Configuring, key_of
from adapters.slack.errors import NAME, code_of
from adapters.slack.home import home
from adapters.slack.membership import Membership
from adapters.slack.people import People
from adapters.slack.render import FORM, channel_of
from adapters.slack.replies import message
from adapters.slack.telling import tell
from adapters.slack.views import SETTINGS, TOO_LATE, Origin, form, origin_of, read
from adapters.slack.workspaces import Workspaces
from bot.chat.commands import Configure
from bot.chat.uses import UseCases
from bot.errors import PermanentError, PlatformError
from bot.models import Asker, ChannelState, Reply, Sentence, fault, say
from bot.words import words_for

# Seconds for the person's language and for their membership; a trigger expires after three.
_SOON, _PATIENCE = 0.7, 1.5


class Forms:
    """Listeners for the form and the home tab, registered by `register`."""

    def __init__(self, uses: UseCases, workspaces: Workspaces, people: People, configuring: Configuring):
        self._uses = uses
        self._workspaces = workspaces
        self._people = people
        self._membership = Membership(workspaces, people)
        self._configuring = configuring

    def register(self, app: AsyncApp) -> None:
        app.action(FORM)(self._open)
        app.view(SETTINGS)(self._sent)
        app.view(re.compile(".*"))(self._other)
        app.event("app_home_opened")(self._home)

    async def _open(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        team = str(context.team_id or "")
        asked = Asked(team, (body.get("channel") or {}).get("id") or "", body["user"]["id"])
        outlet = self._outlet(asked, str(body.get("response_url") or ""))
        self._configuring.start(self._opened(body, team), asked, outlet)

    async def _opened(self, body: dict[str, Any], team: str) -> None:
        value = str(body["actions"][0].get("value") or "")
        channel = (body.get("channel") or {}).get("id") or ""
        asked = Asked(team, value if value.startswith(("C", "G", "D")) else channel, body["user"]["id"])
        url = str(body.get("response_url") or "")
        asker, refused = await asyncio.gather(
            self._configuring.reader(asked, _SOON), self._refused(asked, channel, _PATIENCE)
        )
        if refused:
            await self._refuse(asked, url, refused)
            return
        stored = await self._uses.channels.get(key_of(asked))
        settings = self._configuring.settings(stored, asker)
        words = words_for(settings.language)
        origin = Origin(asked.channel, url, settings.language)
        view = form(settings, words, origin, subscribed=stored is not None and stored.state is ChannelState.ACTIVE)
        try:
            in_modal = (body.get("view") or {}).get("type") == "modal"
            method = "views.push" if in_modal else "views.open"
            opened = {"trigger_id": str(body.get("trigger_id")), "view": json.dumps(view)}
            await self._workspaces.ask(team, lambda client: client.api_call(method, data=opened))
        except PlatformError as error:
            reply = Reply.in_channel(settings, fault(error))
            if isinstance(error, PermanentError) and code_of(error.__cause__ or error) in TOO_LATE:
                reply = Reply.in_channel(settings, say("form.late"))
            await self._outlet(asked, url).show(message(reply), final=True)

    async def _refused(self, asked: Asked, here: str, patience: float) -> Sentence | None:
        """Why the person may not see the channel's settings; None where they may, as in the channel `here` itself."""
        if asked.channel == here:
            return None
        try:
            async with asyncio.timeout(patience):
                may = await self._membership.may_read(asked.team, asked.user, asked.channel)
        except PlatformError as error:
            return fault(error)
        except TimeoutError:
            return say("form.late")
        return None if may else say("form.not_member")

    async def _sent(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Apply a submitted form. An invalid field keeps the form open with an error; other answers follow later."""
        try:
            origin = origin_of(body["view"])
        except ValueError:
            await self._other(ack, body, context)
            return
        command, wrong = read(body["view"])
        if wrong:
            words = words_for(origin.language)
            await ack(response_action="errors", errors={name: words.error(error) for name, error in wrong.items()})
            return
        await ack()
        asked = Asked(str(context.team_id or ""), origin.channel, body["user"]["id"])
        work = self._saved(asked, command, origin)
        self._configuring.start(work, asked, self._outlet(asked, origin.url))

    async def _saved(self, asked: Asked, command: Configure, origin: Origin) -> None:
        """Save what was sent. Who may is asked of Slack now: much can change while a form is open."""
        try:
            may = await self._membership.may_read(asked.team, asked.user, asked.channel, fresh=True)
        except PlatformError as error:
            await self._refuse(asked, origin.url, fault(error))
            return
        if not may:
            await self._refuse(asked, origin.url, say("form.not_member"))
            return
        replies = self._configuring.replies(asked, command)
        await tell(replies, self._outlet(asked, origin.url), origin.language, self._uses.defaults.timezone)

    async def _refuse(self, asked: Asked, url: str, why: Sentence) -> None:
        """Say it to the person alone, in their language, and not by way of the channel, which they may not see."""
        asker = await self._people.reader(asked.team, asked.user)
        told = Reply.in_channel(self._configuring.settings(None, asker), why)
        await self._outlet(Asked(asked.team, "", asked.user), url).show(message(told), final=True)

    async def _other(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer a form of another version of the bot, in direct messages: it names no channel."""
        await ack()
        asked = Asked(str(context.team_id or ""), "", body["user"]["id"])
        outlet = Ephemeral(self._workspaces, asked)
        self._configuring.outdated(asked, outlet)

    def _outlet(self, asked: Asked, url: str) -> Outlet:
        return ByUrl(self._workspaces, url, asked) if url else Ephemeral(self._workspaces, asked)

    async def _home(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            direct = str(event.get("channel") or "")
            asked = Asked(str(context.team_id or ""), "", event["user"])
            work = self._published(asked.team, asked.user, direct)
            self._configuring.start(work, asked, HomeTab(self._workspaces, asked))

    async def _published(self, team: str, user: str, direct: str) -> None:
        """Publish the home tab with the channels that this person may read; `direct` are their own direct messages."""
        asker: Asker = await self._people.reader(team, user)
        readable = {*await self._membership.readable(team, user), direct}
        subscribed = await self._uses.channels.overview(NAME, team)
        channels = [one for one in subscribed if channel_of(one.key.name) in readable]
        view = home(channels, words_for(self._configuring.settings(None, asker).language))
        await self._workspaces.ask(team, lambda client: client.views_publish(user_id=user, view=view))
