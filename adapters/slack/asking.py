"""Requests on Slack: commands, direct messages, mentions, the shortcut of messages, and buttons below papers.

Each is acknowledged at once and answered in a task.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.common.tasks import Seen
from adapters.slack.answers import Asked, ByUrl, Direct, Ephemeral, Outlet
from adapters.slack.cards import CITE, DETAILS, MORE, OPEN, SHARE
from adapters.slack.clicks import SOON, Clicks, origin_of_click, team_of, value_of
from adapters.slack.commands import digest_command, mentioned, shortcut_command, typed
from adapters.slack.configuring import Configuring, key_of
from adapters.slack.documents import Documents
from adapters.slack.files import Files
from adapters.slack.menus import CHOOSE, SET
from adapters.slack.people import People, is_group
from adapters.slack.questions import Questions
from adapters.slack.render import PREVIEW, STEP
from adapters.slack.replies import message
from adapters.slack.telling import Manner, tell
from adapters.slack.workspaces import Workspaces
from bot.chat.commands import Begin, Cite, More, PaperCommand, Preview, Share, Show, ShowPaper, Subscribe
from bot.chat.uses import UseCases
from bot.models import PaperId, Reply, Style, say

SHORTCUT = "paper.shortcut"  # as in the manifest
_WITH_SETTINGS = (Begin, Show, Subscribe)  # commands whose answers carry a button for the settings form


class Asking:
    """Listeners for what people ask, registered by `register`."""

    def __init__(
        self,
        uses: UseCases,
        workspaces: Workspaces,
        people: People,
        configuring: Configuring,
        clicks: Clicks,
        questions: Questions,
    ) -> None:
        self._uses = uses
        self._workspaces = workspaces
        self._people = people
        self._configuring = configuring
        self._clicks = clicks
        self._questions = questions
        self._documents = Documents(Files(workspaces))
        self._seen = Seen()

    def register(self, app: AsyncApp) -> None:
        app.command("/paper")(self._paper)
        app.command("/digest")(self._digest)
        app.event("app_mention")(self._mention)
        app.event("message")(self._message)
        app.shortcut(SHORTCUT)(self._shortcut)
        app.action(re.compile(f"^({re.escape(CITE)}|{re.escape(CHOOSE)})$"))(self._click)
        app.action(re.compile(f"^({re.escape(DETAILS)}|{re.escape(MORE)})$"))(self._in_window)
        app.action(SHARE)(self._share)
        app.action(PREVIEW)(self._preview)
        app.action(re.compile(f"^({re.escape(SET)}$|{re.escape(STEP)})"))(self._step)
        app.action(re.compile(f"^{re.escape(OPEN)}"))(_nothing)

    def register_others(self, app: AsyncApp) -> None:
        """Register the listeners for clicks and shortcuts that no other listener takes. Call it last."""
        app.action(re.compile(".*"))(self._other)
        app.shortcut(re.compile(".*"))(self._other)

    # --- commands and messages ----------------------------------------------------------------

    async def _paper(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        asked = Asked(team_of(context), body["channel_id"], body["user_id"])
        outlet = self._clicks.at_url(asked, body)
        self._configuring.start(self._questions.written(asked, typed(body.get("text") or ""), outlet), asked, outlet)

    async def _digest(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        group = is_group(str(body.get("channel_name") or ""))
        asked = Asked(team_of(context), body["channel_id"], body["user_id"], group=group)
        outlet = self._clicks.at_url(asked, body)
        self._configuring.start(self._configure(asked, body.get("text") or "", outlet), asked, outlet)

    async def _mention(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("bot_id") or self._seen.again(str(body.get("event_id"))):
            return
        asked = Asked(team_of(context), event["channel"], event["user"], event.get("thread_ts") or "")
        text, ts = typed(mentioned(event.get("text") or "")), str(event.get("ts") or "")
        outlet = Ephemeral(self._workspaces, asked, ts)
        self._configuring.start(self._questions.mentioned(asked, text, ts, outlet), asked, outlet)

    async def _message(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer direct messages; ignore edits, deletions and messages from bots."""
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id") or not event.get("user"):
            return
        if self._seen.again(str(body.get("event_id"))):
            return
        asked = Asked(team_of(context), event["channel"], event["user"], event.get("thread_ts") or "")
        ts, parent = str(event.get("ts") or ""), str(event.get("parent_user_id") or "")
        work = self._questions.told(asked, typed(event.get("text") or ""), ts, parent)
        self._configuring.start(work, asked, Direct(self._workspaces, asked))

    async def _answer(self, asked: Asked, command: PaperCommand, outlet: Outlet) -> None:
        asker = await self._configuring.reader(asked)
        key = None if asked.direct else key_of(asked)
        replies = self._uses.papers.handle(asker, key, command)
        settings = self._configuring.settings(None, asker)
        await tell(replies, outlet, settings.language, settings.timezone, Manner(share=not asked.direct))

    async def _configure(self, asked: Asked, text: str, outlet: Outlet) -> None:
        command = digest_command(text)
        language, timezone = await self._configuring.language(asked)
        settings = asked.channel if isinstance(command, _WITH_SETTINGS) else ""
        replies = self._documents.sent(asked, self._configuring.replies(asked, command))
        menu = command.name if isinstance(command, Show) else ""
        await tell(replies, outlet, language, timezone, Manner(settings=settings, menu=menu))

    async def _shortcut(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer *Summarise this paper* in the menu of a message."""
        await ack()
        asked, outlet = self._clicks.of(body, context)
        command = shortcut_command(body.get("message") or {})
        if command is None:
            self._configuring.start_saying("chat.no_paper", asked, outlet)
        else:
            self._configuring.start(self._answer(asked, command, outlet), asked, outlet)

    # --- clicks -------------------------------------------------------------------------------

    async def _click(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        action = body["actions"][0]
        asked, outlet = self._clicks.of(body, context)
        try:
            paper = PaperId.parse(value_of(body))
        except ValueError:
            self._configuring.outdated(asked, outlet)
            return
        command: PaperCommand = Cite(paper) if action["action_id"] == CITE else ShowPaper(paper)
        self._configuring.start(self._answer(asked, command, outlet), asked, outlet)

    async def _in_window(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Show a paper's details, or what is around it, in a modal, which says at once that they are coming: they may
        take a while.
        """
        await ack()
        more = body["actions"][0].get("action_id") == MORE
        asked, outlet = self._clicks.of(body, context, title="window.more" if more else "window.details", eager=True)
        try:
            paper = PaperId.parse(value_of(body))
        except ValueError:
            self._configuring.outdated(asked, outlet)
            return
        command: PaperCommand = More(paper) if more else ShowPaper(paper, Style.DETAILED)
        self._configuring.start(self._shown_in_window(asked, command, outlet), asked, outlet)

    async def _shown_in_window(self, asked: Asked, command: PaperCommand, outlet: Outlet) -> None:
        language, timezone = await self._configuring.language(asked, SOON)
        working = Reply(language, timezone, (say("paper.working.looking"),), working=True)
        await outlet.show(message(working), final=False)
        await self._answer(asked, command, outlet)

    async def _other(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer a click on what only another version of the bot has."""
        await ack()
        self._configuring.outdated(*self._clicks.of(body, context))

    async def _step(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """The words of a step or of a setting's value, as if they were typed after `/digest`."""
        await ack()
        asked, outlet = self._clicks.of(body, context)
        self._configuring.start(self._configure(asked, value_of(body), outlet), asked, outlet)

    async def _preview(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        asked, outlet = self._clicks.of(body, context)
        self._configuring.start(self._preview_for(asked, outlet), asked, outlet)

    async def _preview_for(self, asked: Asked, outlet: Outlet) -> None:
        language, timezone = await self._configuring.language(asked)
        await tell(self._configuring.replies(asked, Preview()), outlet, language, timezone)

    async def _share(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        style, _, name = value_of(body).partition(" ")
        asked, outlet = self._clicks.of(body, context)
        try:
            command = Share(PaperId.parse(name), Style(style))
        except ValueError:
            self._configuring.outdated(asked, outlet)
            return
        by_url = ByUrl(self._workspaces, origin_of_click(body).url, asked)
        self._configuring.start(self._share_for(asked, command, outlet, by_url), asked, outlet)

    async def _share_for(self, asked: Asked, command: Share, outlet: Outlet, by_url: ByUrl) -> None:
        language, timezone = await self._configuring.language(asked)
        await tell(self._shared(asked, command, by_url), outlet, language, timezone)

    async def _shared(self, asked: Asked, command: Share, by_url: ByUrl) -> AsyncIterator[Reply]:
        """Post the paper to the channel and yield the replies for the asker.

        Where the bot is a member, the paper goes through the ledger, so that votes count; elsewhere it goes to the
        click's `response_url`.
        """
        asker = await self._configuring.reader(asked)
        room = await self._people.room(asked.team, asked.channel)
        if room.member or room.direct:
            async for reply in self._uses.papers.handle(asker, key_of(asked), command):
                yield reply
            return
        looked_up = self._uses.papers.handle(asker, key_of(asked), ShowPaper(command.paper, command.style))
        async for reply in looked_up:
            if not reply.parts:
                yield reply
                continue
            post = message(Reply(reply.language, reply.timezone, parts=reply.parts))
            await by_url.publish(post)
            yield Reply(reply.language, reply.timezone, (say("chat.shared_without_votes"),))


async def _nothing(ack: AsyncAck) -> None:
    """Acknowledge a button that opened a page by itself."""
    await ack()
