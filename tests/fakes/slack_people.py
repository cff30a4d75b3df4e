"""What the people of the tests' Slack do: react, write, command, click, submit, invite, archive, uninstall."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_blocks import view_problems
from tests.fakes.slack_courier import Courier, Kind
from tests.fakes.slack_interaction import Interaction, action_of, command_body, common, filled_in
from tests.fakes.slack_methods_auth import revoke_tokens, uninstall
from tests.fakes.slack_methods_views import as_shown, push_on
from tests.fakes.slack_objects import as_sent, message_object
from tests.fakes.slack_response_urls import ResponseUrls
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import (
    SHORTCUTS,
    Channel,
    Ephemeral,
    Json,
    Message,
    OpenView,
    ResponseUrl,
    User,
    Workspace,
)

PATIENCE = 60.0  # real seconds; a bot that has not answered by then is taken not to answer


class People:
    """Whatever waits for an acknowledgement gives an Interaction; all else is on its way when it returns.

    `interactions` is the log. Channels and users are given as they are or by id.
    """

    def __init__(
        self, state: SlackState, api: SlackApi, courier: Courier, urls: ResponseUrls, base: Callable[[], str]
    ) -> None:
        self._state = state
        self._api = api
        self._courier = courier
        self._urls = urls
        self._base = base
        self.patience = PATIENCE
        self.interactions: list[Interaction] = []

    def _channel(self, channel: Channel | str) -> Channel:
        return self._state.channels[channel] if isinstance(channel, str) else channel

    def _user(self, user: User | str) -> User:
        return self._state.users[user] if isinstance(user, str) else user

    def _team(self, one: User | Channel) -> Workspace:
        return self._state.workspaces[one.team]

    def react(self, channel: Channel | str, ts: str, name: str, user: User | str) -> None:
        """Raises SlackError where Slack has no such emoji, or the person did it before."""
        place, person = self._channel(channel), self._user(user)
        self._state.react(self._team(place), place.messages[ts], name, person.id)

    def unreact(self, channel: Channel | str, ts: str, name: str, user: User | str) -> None:
        place, person = self._channel(channel), self._user(user)
        self._state.unreact(self._team(place), place.messages[ts], name, person.id)

    def say(self, channel: Channel | str, text: str, user: User | str, thread_ts: str | None = None) -> Message:
        """Type a message; `<@BOT>` in it mentions the bot."""
        place, person = self._channel(channel), self._user(user)
        team, text = self._team(place), as_sent(text)
        message = Message(self._state.new_ts(), place.id, person.id, text, thread_ts=thread_ts)
        place.messages[message.ts] = message
        event = {**message_object(message, place, team), "channel": place.id}
        self._state.on_event(team, event, place)
        if f"<@{team.bot.id}" in text and place.kind != "im":
            self._state.on_event(team, {**event, "type": "app_mention"}, place)
        return message

    def dm(self, user: User | str, text: str) -> Message:
        """Write to the bot itself."""
        person = self._user(user)
        return self.say(self._state.dm(self._team(person), person.id), text, person)

    def stop(self, message: Message) -> None:
        """Stop a message that is still being written, as its recipient can."""
        assert message.stream
        message.stream.ended = "stopped_by_user"

    def open_home(self, user: User | str, tab: str = "home") -> None:
        person = self._user(user)
        team = self._team(person)
        event: Json = {"type": "app_home_opened", "user": person.id, "tab": tab}
        event["channel"] = self._state.dm(team, person.id).id
        if tab == "home" and person.id in self._state.homes:
            event["view"] = self._state.homes[person.id].view
        self._state.on_event(team, event, None)

    def invite(self, channel: Channel | str, who: User | None = None, by: User | str | None = None) -> None:
        """Bring somebody (the bot, where no one is named) into a channel."""
        place = self._channel(channel)
        team = self._team(place)
        invited = who or team.bot
        if invited.id not in place.members:
            place.members.append(invited.id)
        event = {"type": "member_joined_channel", "user": invited.id, "channel": place.id, "team": team.id}
        event["channel_type"] = "C" if place.kind == "public" else "G"
        if by is not None:
            event["inviter"] = self._user(by).id
        self._state.on_event(team, event, place)

    def remove_bot(self, channel: Channel | str) -> None:
        place = self._channel(channel)
        place.members.remove(self._team(place).bot.id)

    def archive(self, channel: Channel | str, by: User | str) -> None:
        place = self._channel(channel)
        place.archived = True
        kind = "channel_archive" if place.kind == "public" else "group_archive"
        event = {"type": kind, "channel": place.id, "user": self._user(by).id, "is_moved": 0}
        self._state.on_event(self._team(place), event, place)

    def delete_message(self, channel: Channel | str, ts: str) -> None:
        del self._channel(channel).messages[ts]

    def delete_channel(self, channel: Channel | str) -> None:
        del self._state.channels[self._channel(channel).id]

    def uninstall(self, team: Workspace) -> None:
        """Remove the app from the workspace: its tokens end, and two events say so."""
        revoke_tokens(self._state, team, list(team.tokens))
        uninstall(self._state, team)

    async def slash(self, command: str, text: str, channel: Channel | str, user: User | str) -> Interaction:
        """Type `/paper 2602.21548` in a channel, whether the bot is in it or not. Slack escapes `& < >` of the text."""
        place, person = self._channel(channel), self._user(user)
        team = self._team(person)
        url, answers = self._urls.new(self._base(), team, place.id, person.id)
        said = (command, html.escape(text, quote=False))
        body = command_body(self._state, team, person, place, said, url)
        done = await self._send(Kind.COMMAND, body, answers)
        if done.response and done.response.get("text", "") + str(done.response.get("blocks", "")):
            self._api.contract.look_at("response_url", done.response)
            shown = self._state.say(answers, done.response)
            done.shown += [shown] if shown else []
        return done

    async def click(
        self, message: Message | Ephemeral, action_id: str, user: User | str, choice: Any = None
    ) -> Interaction:
        """Use a button of a message, or choose something. Raises LookupError where there is no such thing."""
        person, place = self._user(user), self._channel(message.channel)
        team = self._team(person)
        action = action_of(self._state, message.blocks, action_id, choice)
        url, answers = self._urls.new(self._base(), team, place.id, person.id, message)
        ephemeral = isinstance(message, Ephemeral)
        container = {"type": "message", "message_ts": message.ts, "channel_id": place.id, "is_ephemeral": ephemeral}
        body = common(self._state, team, person, "block_actions")
        body |= {"container": container, "channel": {"id": place.id, "name": place.name or "directmessage"}}
        body |= {"response_url": url, "actions": [action], "state": {"values": {}}}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        if isinstance(message, Message):
            body["message"] = message_object(message, place, team)
        return await self._send(Kind.INTERACTION, body, answers)

    async def shortcut(self, callback_id: str, message: Message, user: User | str) -> Interaction:
        """Choose one of the app's shortcuts in the menu of a message. Raises LookupError for one that it has not."""
        if callback_id not in SHORTCUTS:
            raise LookupError(f"the manifest has no shortcut {callback_id!r}")
        person, place = self._user(user), self._channel(message.channel)
        team = self._team(person)
        url, answers = self._urls.new(self._base(), team, place.id, person.id, message)
        body = common(self._state, team, person, "message_action")
        body |= {"callback_id": callback_id, "message_ts": message.ts, "action_ts": self._state.new_ts()}
        body |= {"channel": {"id": place.id, "name": place.name or "directmessage"}, "response_url": url}
        body["message"] = message_object(message, place, team)
        return await self._send(Kind.INTERACTION, body, answers)

    async def use(self, view: OpenView, action_id: str, choice: Any = None) -> Interaction:
        """Use a button of a modal or the home tab, or choose something there."""
        person = self._user(view.user)
        body = common(self._state, self._team(person), person, "block_actions")
        body |= {"container": {"type": "view", "view_id": view.view["id"]}, "view": view.view}
        body["actions"] = [action_of(self._state, view.view["blocks"], action_id, choice)]
        return await self._send(Kind.INTERACTION, body)

    async def submit(self, view: OpenView, values: Mapping[str, Mapping[str, Any]] | None = None) -> Interaction:
        """Send a modal with `values` (by block_id and action_id) put in, over what it held already."""
        person = self._user(view.user)
        view.view["state"] = {"values": filled_in(view.view, values or {})}
        body = common(self._state, self._team(person), person, "view_submission")
        body |= {"view": view.view, "response_urls": []}
        done = await self._send(Kind.INTERACTION, body)
        if done.acked:
            self._after_submit(view, done)
        return done

    async def close_view(self, view: OpenView) -> Interaction | None:
        """Close a modal with its ×; the bot hears of it where it asked to."""
        person = self._user(view.user)
        self._close(view)
        if not view.view.get("notify_on_close"):
            return None
        body = common(self._state, self._team(person), person, "view_closed")
        return await self._send(Kind.INTERACTION, body | {"view": view.view, "is_cleared": True})

    def _close(self, view: OpenView) -> None:
        if self._state.modals.get(view.user) is view:
            del self._state.modals[view.user]
            if view.previous is not None:
                self._state.modals[view.user] = view.previous

    def _after_submit(self, view: OpenView, done: Interaction) -> None:
        """Do what the acknowledgement says: nothing closes the modal."""
        answer, team = done.response or {}, self._team(self._user(view.user))
        action = answer.get("response_action")
        if action == "errors":
            done.errors = answer["errors"]
            unknown = done.errors.keys() - {one["block_id"] for one in view.view["blocks"] if one["type"] == "input"}
            for one in sorted(unknown):
                self._api.contract.found(f"view_submission: error for no input {one}")
        elif action in ("update", "push"):
            by = {"update": "view_id", "push": "trigger_id"}[action]
            self._api.contract.look_at(f"views.{action}", {"view": answer["view"], by: "x"})
            if problems := view_problems(answer["view"], ("modal",)):
                done.error = "; ".join(problems)
            elif action == "push":
                push_on(self._state, team, view.user, answer["view"])
            else:
                view.view = as_shown(self._state, team, answer["view"], view.view["id"])
        elif action == "clear":
            self._state.modals.pop(view.user, None)
        else:
            self._close(view)

    async def _send(self, kind: Kind, body: Json, answers: ResponseUrl | None = None) -> Interaction:
        delivery = self._courier.send(kind, body)
        done = Interaction(delivery, answers)
        self.interactions.append(done)
        try:
            await asyncio.wait_for(delivery.over.wait(), self.patience)
        except TimeoutError:
            done.error = "operation_timeout"
        else:
            failed = "operation_timeout" if "timeout" in delivery.outcomes[-1].reason else "dispatch_failed"
            done.error = "" if delivery.taken else failed
        return done
