"""Questions about papers on Slack: typed, in a form, by buttons; answered in the thread or to the asker alone."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from adapters.common.tasks import Tasks
from adapters.slack import blocks as b
from adapters.slack.answers import Asked, ByUrl, Direct, Ephemeral, Outlet
from adapters.slack.blocks import Json
from adapters.slack.cards import ASK
from adapters.slack.claims import CANCEL, NEXT, QUOTATIONS, SHARE_ANSWER, answer, quotations
from adapters.slack.clicks import SOON, Clicks, in_modal, origin_of_click, public_head, team_of, value_of
from adapters.slack.configuring import Configuring, key_of
from adapters.slack.errors import NAME
from adapters.slack.growing import Edited, Paces, Place, Streamed, resumed
from adapters.slack.menus import CHOOSE_FOR, NO_THREAD
from adapters.slack.people import People
from adapters.slack.platform import ref_of, split
from adapters.slack.posts import Posts, refusal
from adapters.slack.question_form import QUESTION, question_form, question_typed
from adapters.slack.replies import message, messages
from adapters.slack.telling import Alone, Growing, Manner, follow, tell
from adapters.slack.views import TOO_LATE, Origin, origin_of
from adapters.slack.window import Trigger, answer_view
from adapters.slack.workspaces import Workspaces
from bot.chat.commands import Ask, AskNext, AskOf, QuestionCommand, ShareAnswer, ShowAnswer
from bot.chat.uses import UseCases
from bot.errors import PermanentError, PlatformError
from bot.models import AnswerView, PaperId, Reply, Where, fault, say
from bot.words import words_for

logger = logging.getLogger(__name__)


class Questions:
    """Listeners for questions, registered by `register`, and the use case behind what people type."""

    def __init__(
        self,
        uses: UseCases,
        workspaces: Workspaces,
        people: People,
        configuring: Configuring,
        clicks: Clicks,
        tasks: Tasks,
    ) -> None:
        self._uses = uses
        self._workspaces = workspaces
        self._people = people
        self._configuring = configuring
        self._clicks = clicks
        self._tasks = tasks
        self._posts = Posts(workspaces)
        self._paces = Paces()

    def register(self, app: AsyncApp) -> None:
        app.action(ASK)(self._form)
        app.view(QUESTION)(self._sent)
        app.action(re.compile(f"^{re.escape(NEXT)}"))(self._next)
        app.action(CHOOSE_FOR)(self._chosen)
        app.action(CANCEL)(self._cancel)
        app.action(SHARE_ANSWER)(self._share)
        app.action(QUOTATIONS)(self._quotations)

    # --- typed --------------------------------------------------------------------------------

    async def written(self, asked: Asked, text: str, outlet: Outlet) -> None:
        """Answer what somebody typed after `/paper`, to them alone."""
        await self._follow(asked, text, "", Alone(outlet, Manner(share=not asked.direct)))

    async def mentioned(self, asked: Asked, text: str, ts: str, outlet: Outlet) -> None:
        """Answer a mention by the message `ts`: a question in its thread, whatever else to whoever asked alone."""
        head = asked.thread or ts
        await self._follow(asked, text, head, self._in_thread(asked, head, outlet, share=True))

    async def told(self, asked: Asked, text: str, ts: str, parent: str) -> None:
        """Answer the direct message `ts`; a question in its thread. `parent` is who wrote the thread's first message.

        Threads of the person's own go on as one conversation.
        """
        workspace = await self._workspaces.get(asked.team)
        ours = bool(asked.thread) and workspace is not None and parent == workspace.bot_user
        growing = self._in_thread(asked, asked.thread or ts, Direct(self._workspaces, asked))
        await self._follow(asked, text, asked.thread if ours else "", growing)

    async def _follow(self, asked: Asked, said: str | QuestionCommand, thread: str, growing: Growing) -> None:
        """Have the core answer what was typed, or a command, and show the replies."""
        asker = await self._configuring.reader(asked)
        where = _where(asked, thread)
        settings = self._configuring.settings(None, asker)
        if isinstance(said, str):
            replies = self._uses.questions.written(asker, where, said)
        else:
            replies = self._uses.questions.handle(asker, where, said)
        await follow(replies, growing, settings.language, settings.timezone)

    def _in_thread(self, asked: Asked, head: str, outlet: Outlet, *, share: bool = False) -> Growing:
        """Return the way to answer below the message `head`. What is no answer goes to the `outlet`."""

        async def posted(view: AnswerView, ts: str) -> None:
            await self._uses.questions.posted(view.turn, ref_of(asked.team, asked.channel, ts))

        async def cancel(view: AnswerView) -> None:
            asker = await self._configuring.reader(asked)
            await self._uses.questions.cancel(asker, _where(asked, ""), view.turn)

        place = Place(asked, head, posted)
        alone = Alone(outlet, Manner(share=share, thread=head))
        if asked.direct:
            return Streamed(self._posts, self._paces, place, alone, cancel)
        return Edited(self._posts, self._paces, place, alone)

    # --- the form -----------------------------------------------------------------------------

    async def _form(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Open the form for a question about the paper of a card."""
        await ack()
        asked, outlet = self._clicks.of(body, context)
        try:
            paper = PaperId.parse(value_of(body))
        except ValueError:
            self._configuring.outdated(asked, outlet)
            return
        self._configuring.start(self._opened(asked, paper, body, outlet), asked, outlet)

    async def _opened(self, asked: Asked, paper: PaperId, body: dict[str, Any], outlet: Outlet) -> None:
        language, timezone = await self._configuring.language(asked, SOON)
        origin = origin_of_click(body)
        url = "" if in_modal(body) else origin.url
        view = question_form(words_for(language), Origin(asked.channel, url, language, asked.thread, str(paper)))
        method = "views.push" if in_modal(body) else "views.open"
        opened = {"trigger_id": str(body.get("trigger_id")), "view": json.dumps(view)}
        try:
            await self._workspaces.ask(asked.team, lambda client: client.api_call(method, data=opened))
        except PlatformError as error:
            late = isinstance(error, PermanentError) and refusal(error) in TOO_LATE
            await outlet.show(
                message(Reply(language, timezone, (say("form.late") if late else fault(error),))), final=True
            )

    async def _sent(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Answer the form's question where it was: the form becomes the window in which the answer grows."""
        view = body["view"]
        try:
            origin = origin_of(view)
            paper = PaperId.parse(origin.paper)
        except ValueError:
            await ack()
            asked = Asked(team_of(context), "", body["user"]["id"])
            self._configuring.outdated(asked, Ephemeral(self._workspaces, asked))
            return
        await ack(response_action="update", view=_reading(origin))
        asked = Asked(team_of(context), origin.channel, body["user"]["id"], origin.thread)
        window = self._clicks.window(asked, Trigger("", view=str(view["id"])), origin, "ask.form.title")
        alone = Alone(window, Manner(share=not asked.direct))
        self._configuring.start(self._follow(asked, Ask((paper,), question_typed(view)), "", alone), asked, window)

    # --- buttons ------------------------------------------------------------------------------

    async def _next(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Ask a question that an answer offers: where everybody reads that answer, they read this one."""
        await ack()
        asked, outlet = self._clicks.of(body, context)
        turn, _, number = value_of(body).partition(" ")
        if not turn or not number.isdecimal():
            self._configuring.outdated(asked, outlet)
            return
        self._again(asked, AskNext(turn, int(number)), public_head(body), outlet)

    async def _chosen(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Put a question about the paper that somebody picked, in the thread in which they asked it."""
        await ack()
        asked, outlet = self._clicks.of(body, context)
        turn, _, rest = value_of(body).partition(" ")
        thread, _, name = rest.partition(" ")
        try:
            command = AskOf(turn, PaperId.parse(name))
        except ValueError:
            self._configuring.outdated(asked, outlet)
            return
        self._again(asked, command, "" if thread == NO_THREAD else thread, outlet)

    def _again(self, asked: Asked, command: QuestionCommand, head: str, outlet: Outlet) -> None:
        """Answer in the thread `head`, where that is not empty, else the asker alone."""
        alone = Alone(outlet, Manner(share=not asked.direct))
        growing = self._in_thread(asked, head, outlet, share=not asked.direct) if head else alone
        thread = "" if asked.direct else head
        self._configuring.start(self._follow(asked, command, thread, growing), asked, outlet)

    async def _cancel(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        asked, outlet = self._clicks.of(body, context)
        self._configuring.start(self._cancelled(asked, value_of(body), outlet), asked, outlet)

    async def _cancelled(self, asked: Asked, turn: str, outlet: Outlet) -> None:
        asker = await self._configuring.reader(asked)
        refused = await self._uses.questions.cancel(asker, _where(asked, ""), turn)
        if refused:
            await outlet.show(message(refused), final=True)

    async def _share(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        asked, outlet = self._clicks.of(body, context)
        by_url = ByUrl(self._workspaces, origin_of_click(body).url, asked)
        self._configuring.start(self._share_for(asked, value_of(body), outlet, by_url), asked, outlet)

    async def _share_for(self, asked: Asked, turn: str, outlet: Outlet, by_url: ByUrl) -> None:
        language, timezone = await self._configuring.language(asked)
        await tell(self._shared(asked, turn, by_url), outlet, language, timezone)

    async def _shared(self, asked: Asked, turn: str, by_url: ByUrl) -> AsyncIterator[Reply]:
        """Post the answer to the channel and yield the replies for the asker.

        Where the bot is a member it goes through the ledger, elsewhere to the click's `response_url`.
        """
        asker, where = await self._configuring.reader(asked), _where(asked, "")
        room = await self._people.room(asked.team, asked.channel)
        if room.member or room.direct:
            async for reply in self._uses.questions.handle(asker, where, ShareAnswer(turn)):
                yield reply
            return
        async for reply in self._uses.questions.handle(asker, where, ShowAnswer(turn)):
            if not reply.answer:
                yield reply
                continue
            await by_url.publish(answer(reply.answer).whole)
            yield Reply(reply.language, reply.timezone, (say("ask.shared"),))

    async def _quotations(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Show the quotations of an answer in full, in a modal."""
        await ack()
        asked, outlet = self._clicks.of(body, context, title="window.quotations", eager=True)
        self._configuring.start(self._quoted(asked, value_of(body), outlet), asked, outlet)

    async def _quoted(self, asked: Asked, turn: str, outlet: Outlet) -> None:
        asker = await self._configuring.reader(asked, SOON)
        async for reply in self._uses.questions.handle(asker, _where(asked, ""), ShowAnswer(turn)):
            shown = [quotations(reply.answer)] if reply.answer else messages(reply)
            for one in shown:
                await outlet.show(one, final=True)

    # --- after a restart ----------------------------------------------------------------------

    async def take_up(self) -> None:
        """Answer, in their messages, the questions that a process left unanswered when it died.

        Raises StoreError.
        """
        async for one in self._uses.questions.interrupted(NAME):
            team, channel, ts = split(one.message)
            growing = resumed(self._posts, self._paces, Asked(team, channel, ""), ts)
            defaults = self._uses.defaults
            work = follow(one.replies, growing, defaults.language, defaults.timezone)
            self._tasks.start(work, "a question that a restart cut off")


def _reading(origin: Origin) -> Json:
    """Return the window that takes the form's place until there is something to show."""
    words = words_for(origin.language)
    return answer_view(words, "ask.form.title", origin, [b.context(words.say("answer.reading"))])


def _where(asked: Asked, thread: str) -> Where:
    """Return where it was asked; `thread` is the timestamp of the thread's first message, empty outside a thread."""
    channel = None if asked.direct or not asked.channel else key_of(asked)
    return Where(NAME, channel, ref_of(asked.team, asked.channel, thread) if thread else None)
