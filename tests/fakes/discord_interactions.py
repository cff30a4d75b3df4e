"""Interactions of the Discord double: what somebody asked, how the bot answered, and when it may no longer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_limits import check_components
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_model import (
    CHAT_COMMAND,
    DEFAULT,
    MENU_COMMAND,
    Channel,
    Json,
    Message,
    MessageFlag,
    User,
)
from tests.fakes.discord_wire import user_json

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5  # what somebody did
ANSWER, DEFER, DEFER_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9  # what the bot may answer
ALLOWED = {
    COMMAND: {ANSWER, DEFER, FORM}, COMPONENT: {ANSWER, DEFER, DEFER_UPDATE, UPDATE, FORM}, AUTOCOMPLETE: {CHOICES},
    MODAL: {ANSWER, DEFER, DEFER_UPDATE, UPDATE},
}  # fmt: skip
FIRST_SECONDS, TOKEN_SECONDS = 3.0, 900.0
MOST_FOLLOWUPS = 5  # where the application is installed for the user alone
PATIENCE = 60.0  # seconds that a test waits for an answer


@dataclass(eq=False)
class Interaction:
    """One thing that somebody asked of the bot. Times are seconds of the double's clock."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    asked: Json  # `data` of Discord's payload
    created: float
    user_install_only: bool = False
    command_name: str = ""
    source: Message | None = None  # whose button was clicked
    response: int | None = None  # the type of the first answer
    first_after: float | None = None  # of the double's clock
    real_first_after: float | None = None  # of this machine's
    real_shown_after: list[float] = field(default_factory=list)  # whenever there was something to see
    message: Message | None = None  # the original response, once it has content
    thinking: Message | None = None  # what stands in its place after a deferral
    followups: list[Message] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    private: bool = False  # the deferral said that only the asker sees the answer
    edits: int = 0
    deleted: bool = False
    started: float = field(default_factory=time.monotonic)
    _acknowledged: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def ephemeral(self) -> bool:
        """Whether the asker alone sees the original response."""
        return self.message.ephemeral if self.message else self.private

    async def acknowledged(self) -> Interaction:
        """Wait for any first answer, a deferral included. Raises TimeoutError."""
        await asyncio.wait_for(self._acknowledged.wait(), PATIENCE)
        return self

    async def answered(self) -> Interaction:
        """Wait for an answer that somebody sees: content, choices, a form or an updated message."""
        await asyncio.wait_for(self._answered.wait(), PATIENCE)
        return self

    def mark(self, answered: bool) -> None:
        self._acknowledged.set()
        if answered:
            self.real_shown_after.append(time.monotonic() - self.started)
            self._answered.set()


class Interactions:
    """Those that were begun, and what the bot does with them over HTTP."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.state = messages.state
        self.begun: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def begin(self, interaction: Interaction) -> None:
        self.begun[interaction.id] = interaction
        self._by_token[interaction.token] = interaction

    def respond(self, number: int, token: str, body: Json) -> Interaction:
        """The first answer. Raises Refused."""
        one = self.begun.get(number)
        elapsed = self.state.clock.elapsed()
        if one is None or one.token != token or (one.response is None and elapsed - one.created > FIRST_SECONDS):
            raise Refused(10062)
        if one.response is not None:
            raise Refused(40060)
        kind = body.get("type")
        form = Form()
        if kind not in ALLOWED[one.kind] or (kind in (DEFER_UPDATE, UPDATE) and one.source is None):
            form.wrong(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {ALLOWED[one.kind]}.")
            form.refuse()
        content: Json = body.get("data") or {}
        match kind:
            case 4:
                one.message = self._compose(one, content)
            case 7:
                assert one.source is not None
                self.messages.edit(one.source, content)
                one.message = one.source
            case 8:
                _check_choices(form, content)
                one.choices = content["choices"]
            case 9:
                _check_modal(form, content)
                one.modal = content
        one.private = bool(MessageFlag(content.get("flags") or 0) & MessageFlag.EPHEMERAL)
        one.thinking = self._thinking(one) if kind == DEFER else None
        one.message = one.source if kind == DEFER_UPDATE else one.message
        one.response, one.first_after = kind, elapsed - one.created
        one.real_first_after = time.monotonic() - one.started
        one.mark(answered=kind not in (DEFER, DEFER_UPDATE))
        return one

    def live(self, application: int, token: str) -> Interaction:
        """The interaction of a webhook's token. Raises Refused where the token is not one, or not any more."""
        one = self._by_token.get(token)
        if application != self.state.application.id or one is None:
            raise Refused(10015)
        if self.state.clock.elapsed() - one.created > TOKEN_SECONDS:
            raise Refused(50027)
        if one.response is None:
            raise Refused(10015)
        return one

    def original(self, one: Interaction) -> Message:
        found = one.message or one.thinking
        if found is None or one.deleted:
            raise Refused(10008)
        return found

    def edit_original(self, one: Interaction, body: Json) -> Message:
        """Change the original response, or fill a deferred one."""
        if one.deleted or one.response in (CHOICES, FORM):
            raise Refused(10008)
        one.edits += 1
        message = self.original(one)
        before, message.flags = message.flags, message.flags & ~MessageFlag.LOADING
        try:
            self.messages.edit(message, body)
        except Refused:
            message.flags = before
            raise
        one.message = message
        one.mark(answered=True)
        return message

    def follow_up(self, one: Interaction, body: Json) -> Message:
        """A further message; after a deferral the first one becomes the original response."""
        if one.response == DEFER and one.message is None:
            return self.edit_original(one, body)
        if one.user_install_only and len(one.followups) >= MOST_FOLLOWUPS:
            raise Refused(40094)
        message = self._compose(one, body)
        one.followups.append(message)
        return message

    def delete(self, one: Interaction, message: Message) -> None:
        if message in (one.message, one.thinking):
            one.deleted = True
        if message.id in message.channel.messages:
            self.messages.delete(message)
        if message in one.followups:
            one.followups.remove(message)

    def _compose(self, one: Interaction, body: Json) -> Message:
        private = bool(MessageFlag(body.get("flags") or 0) & MessageFlag.EPHEMERAL)
        return self._sent(one, self.messages.compose(one.channel, self.state.bot, body), private)

    def _thinking(self, one: Interaction) -> Message:
        now = self.state.clock
        message = Message(now.snowflake(), one.channel, self.state.bot, now.now(), flags=MessageFlag.LOADING)
        if one.private:
            message.flags |= MessageFlag.EPHEMERAL
        return self._sent(one, message, one.private)

    def _sent(self, one: Interaction, message: Message, private: bool) -> Message:
        menu = bool(one.asked.get("target_id"))
        message.type = {COMMAND: MENU_COMMAND if menu else CHAT_COMMAND}.get(one.kind, DEFAULT)
        message.interaction = {
            "id": str(one.id), "type": one.kind, "user": user_json(one.user),
            "authorizing_integration_owners": owners(one), "name": one.command_name,
        }  # fmt: skip
        if one.source:
            message.interaction["interacted_message_id"] = str(one.source.id)
        if not private:
            self.messages.add(message)
        return message


def owners(one: Interaction) -> dict[str, str]:
    """For whom the application is installed that was asked: a guild (0) or a user (1)."""
    if one.user_install_only or one.channel.guild is None:
        return {"1" if one.user_install_only else "0": str(one.user.id if one.user_install_only else 0)}
    return {"0": str(one.channel.guild.id)}


def _check_choices(form: Form, content: Json) -> None:
    form.length(content.get("choices"), 25, "data", "choices")
    if "choices" not in content:
        form.required("data", "choices")
    for index, one in enumerate(content.get("choices") or []):
        form.length(one.get("name") or "", 100, "data", "choices", index, "name", least=1)
        form.length(str(one.get("value", "")), 100, "data", "choices", index, "value", least=1)
    form.refuse()


def _check_modal(form: Form, content: Json) -> None:
    form.length(content.get("title") or "", 45, "data", "title", least=1)
    form.length(content.get("custom_id") or "", 100, "data", "custom_id", least=1)
    form.length(content.get("components") or [], 5, "data", "components", least=1)
    check_components(form, content.get("components") or [], ("data", "components"))
    form.refuse()
