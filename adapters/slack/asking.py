"""Requests on Slack: commands, direct messages, mentions, the shortcut of messages, and buttons below papers.

Each is acknowledged at once and answered in a task.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.common.tasks import Seen, Tasks
from adapters.slack.answers import Asked, ByUrl, Direct, Ephemeral, Manner, Outlet, tell
from adapters.slack.cards import CITE, DETAILS, MORE, OPEN, SHARE
from adapters.slack.commands import digest_command, mentioned, paper_command, shortcut_command
from adapters.slack.configuring import Configuring, key_of
from adapters.slack.documents import Documents
from adapters.slack.files import Files
from adapters.slack.menus import CHOOSE, SET
from adapters.slack.people import People, is_group
from adapters.slack.render import PREVIEW, STEP
from adapters.slack.replies import message
from adapters.slack.views import Origin, origin_of
from adapters.slack.window import ANSWER, Trigger, Window
from adapters.slack.workspaces import Workspaces
from bot.chat.commands import Begin, Cite, Help, More, PaperCommand, Preview, Share, Show, ShowPaper, Subscribe
from bot.chat.uses import UseCases
from bot.models import PaperId, Reply, Style, say

SHORTCUT = "paper.shortcut"  # as in the manifest
# Seconds for the asker's language before a modal is opened; a trigger expires after three.
_SOON = 0.7
_WITH_SETTINGS = (Begin, Show, Subscribe)  # commands whose answers carry a button for the settings form


class Asking:
    """Listeners for what people ask, registered by `register`."""

    def __init__(self, uses: UseCases, workspaces: Workspaces, people: People, configuring: Configuring, tasks: Tasks):
        self._uses = uses
        self._workspaces = workspaces
        self._people = people
        self._configuring = configuring
        self._tasks = tasks
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
        asked = Asked(_team(context), body["channel_id"], body["user_id"])
        outlet = self._at_url(asked, body)
        self._start(self._answer(asked, paper_command(body.get("text") or ""), outlet), asked, outlet)

    async def _digest(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        group = is_group(str(body.get("channel_name") or ""))
        asked = Asked(_team(context), body["channel_id"], body["user_id"], group=group)
        outlet = self._at_url(asked, body)
        self._start(self._configure(asked, body.get("text") or "", outlet), asked, outlet)

    async def _mention(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("bot_id") or self._seen.again(str(body.get("event_id"))):
            return
        asked = Asked(_team(context), event["channel"], event["user"], event.get("thread_ts") or "")
        command = paper_command(mentioned(event.get("text") or ""))
        outlet = Ephemeral(self._workspaces, asked, event.get("ts") or "")
        self._start(self._answer(asked, command, outlet), asked, outlet)

    async def _message(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer direct messages; ignore edits, deletions and messages from bots."""
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id") or not event.get("user"):
            return
        if self._seen.again(str(body.get("event_id"))):
            return
        asked = Asked(_team(context), event["channel"], event["user"], event.get("thread_ts") or "")
        command = paper_command(event.get("text") or "")
        outlet = Direct(self._workspaces, asked)
        self._start(self._answer(asked, command, outlet), asked, outlet)

    def _start(self, work: Coroutine[Any, Any, None], asked: Asked, outlet: Outlet) -> None:
        """Start the work in a task that tells the asker why if it fails."""
        self._tasks.start(self._configuring.answered(work, asked, outlet))

    async def _answer(self, asked: Asked, command: PaperCommand, outlet: Outlet) -> None:
        asker = await self._configuring.reader(asked)
        key = None if asked.direct else key_of(asked)
        replies = self._uses.papers.handle(asker, key, command)
        settings = self._configuring.settings(None, asker)
        share = not asked.direct and not isinstance(command, Help)
        await tell(replies, outlet, settings.language, settings.timezone, Manner(share=share))

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
        asked, outlet = self._clicked(body, context)
        command = shortcut_command(body.get("message") or {})
        if command is None:
            self._tasks.start(self._configuring.say("chat.no_paper", asked, outlet))
        else:
            self._start(self._answer(asked, command, outlet), asked, outlet)

    # --- clicks -------------------------------------------------------------------------------

    async def _click(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        action = body["actions"][0]
        asked, outlet = self._clicked(body, context)
        try:
            paper = PaperId.parse(_value(action))
        except ValueError:
            self._outdated(asked, outlet)
            return
        command: PaperCommand = Cite(paper) if action["action_id"] == CITE else ShowPaper(paper)
        self._start(self._answer(asked, command, outlet), asked, outlet)

    async def _in_window(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Show a paper's details, or what is around it, in a modal, which says at once that they are coming: they may
        take a while.
        """
        await ack()
        action = body["actions"][0]
        more = action.get("action_id") == MORE
        asked, outlet = self._clicked(body, context, title="window.more" if more else "window.details", eager=True)
        try:
            paper = PaperId.parse(_value(action))
        except ValueError:
            self._outdated(asked, outlet)
            return
        command: PaperCommand = More(paper) if more else ShowPaper(paper, Style.DETAILED)
        self._start(self._shown_in_window(asked, command, outlet), asked, outlet)

    async def _shown_in_window(self, asked: Asked, command: PaperCommand, outlet: Outlet) -> None:
        language, timezone = await self._configuring.language(asked, _SOON)
        working = Reply(language, timezone, (say("paper.working.looking"),), working=True)
        await outlet.show(message(working), final=False)
        await self._answer(asked, command, outlet)

    async def _other(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer a click on what only another version of the bot has."""
        await ack()
        self._outdated(*self._clicked(body, context))

    def _outdated(self, asked: Asked, outlet: Outlet) -> None:
        self._tasks.start(self._configuring.say("chat.outdated", asked, outlet))

    async def _step(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """The words of a step or of a setting's value, as if they were typed after `/digest`."""
        await ack()
        asked, outlet = self._clicked(body, context)
        self._start(self._configure(asked, _value(body["actions"][0]), outlet), asked, outlet)

    async def _preview(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        asked, outlet = self._clicked(body, context)
        self._start(self._preview_for(asked, outlet), asked, outlet)

    async def _preview_for(self, asked: Asked, outlet: Outlet) -> None:
        language, timezone = await self._configuring.language(asked)
        await tell(self._configuring.replies(asked, Preview()), outlet, language, timezone)

    async def _share(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        style, _, name = _value(body["actions"][0]).partition(" ")
        asked, outlet = self._clicked(body, context)
        try:
            command = Share(PaperId.parse(name), Style(style))
        except ValueError:
            self._outdated(asked, outlet)
            return
        by_url = ByUrl(self._workspaces, _origin(body).url, asked)
        self._start(self._share_for(asked, command, outlet, by_url), asked, outlet)

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
            await by_url.send(
                {
                    "response_type": "in_channel",
                    "replace_original": False,
                    "text": post.text,
                    "blocks": post.blocks,
                }
            )
            yield Reply(reply.language, reply.timezone, (say("chat.shared_without_votes"),))

    def _clicked(
        self, body: dict[str, Any], context: AsyncBoltContext, *, title: str = "chat.name", eager: bool = False
    ) -> tuple[Asked, Outlet]:
        """Return who clicked where, and the way to answer: inside the thread if the message is in one.

        What is clicked in a modal is answered in another on top of it.
        """
        origin = _origin(body)
        group = is_group(str((body.get("channel") or {}).get("name") or ""))
        asked = Asked(_team(context), origin.channel, body["user"]["id"], origin.thread, group)
        in_modal = _in_modal(body)
        trigger = Trigger(str(body.get("trigger_id") or ""), eager=eager or in_modal, pushes=in_modal)
        return asked, self._window(asked, trigger, origin, title)

    def _at_url(self, asked: Asked, body: dict[str, Any]) -> Outlet:
        """Return the way to answer a command: by its `response_url`, or in a modal if it takes a while."""
        origin = Origin(asked.channel, str(body.get("response_url") or ""), "", asked.thread)
        return self._window(asked, Trigger(str(body.get("trigger_id") or "")), origin)

    def _window(self, asked: Asked, trigger: Trigger, origin: Origin, title: str = "chat.name") -> Window:
        async def language() -> str:
            return (await self._configuring.language(asked, _SOON))[0]

        url = origin.url
        otherwise: Outlet = ByUrl(self._workspaces, url, asked) if url else Ephemeral(self._workspaces, asked)
        return Window(self._workspaces, asked.team, trigger, otherwise, origin, language, title)


def _in_modal(body: dict[str, Any]) -> bool:
    return (body.get("view") or {}).get("type") == "modal"


def _origin(body: dict[str, Any]) -> Origin:
    """Return where a click was: in a message, or in a modal of ours, which says where it was opened."""
    if (body.get("view") or {}).get("callback_id") == ANSWER:
        try:
            return origin_of(body["view"])
        except ValueError:
            return Origin("")
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ""
    return Origin(str(channel), str(body.get("response_url") or ""), "", str(thread))


def _value(action: dict[str, Any]) -> str:
    """Return the value of a button, or of what was chosen in a menu."""
    return str((action.get("selected_option") or action).get("value") or "")


async def _nothing(ack: AsyncAck) -> None:
    """Acknowledge a button that opened a page by itself."""
    await ack()


def _team(context: AsyncBoltContext) -> str:
    return str(context.team_id or "")
