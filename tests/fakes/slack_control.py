"""The tests' own way into a Slack that runs as a process: JSON over HTTP, under `/_control/`.

| path | takes | answers |
|---|---|---|
| `app` | | team, token, bot, bot_id, app_token, client_id, client_secret, signing_secret |
| `workspace`, `user`, `channel` | the fields of `add_workspace`, `add_user`, `add_channel`, ids for objects | id, … |
| `people` | `act`: a method of People, and its arguments; ids for objects, `ts` for a message | what came of it |
| `interaction?number=N` | | the same interaction now: acked(_in_ms), error(s), response, posts, posted_in_ms |
| `messages?channel=C` | | all messages with their threads, oldest first |
| `ephemerals?user=U`, `views?user=U` | | what the person alone sees; modal and home |
| `fault` | `next`, `always`, `rate` or `clear`: the arguments of that method of Faults | |
| `socket` | `act`: drop, silence, disconnect, refuse, accept | connections |
| `set` | http, redirect_uris, latency, voters_shown, delayed_events | |
| `pass_time` | seconds | |
| `install` | url, team (null: cancel) | url, status, text |
| `log` | | calls by method, errors, deliveries, lost, connections, findings |
| `page?channel=C&viewer=U`, `page?user=U&view=modal` | | HTML |
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.slack import SlackDouble
from tests.fakes.slack_interaction import Interaction
from tests.fakes.slack_objects import visible
from tests.fakes.slack_page import Page
from tests.fakes.slack_values import Channel, Ephemeral, Json, Message, OpenView, SlackError


class Control:
    """Routes for `SlackDouble.running`."""

    def __init__(self, double: SlackDouble) -> None:
        self.double = double

    def routes(self) -> list[web.RouteDef]:
        posts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "workspace": self._workspace, "user": self._user, "channel": self._channel, "people": self._people,
            "fault": self._fault, "socket": self._socket, "set": self._set, "pass_time": self._pass_time,
            "install": self._install,
        }  # fmt: skip
        gets: dict[str, Callable[[Json], Any]] = {
            "app": self._app, "interaction": self._interaction, "messages": self._messages,
            "ephemerals": self._ephemerals, "views": self._views, "log": self._log, "page": self._page,
        }  # fmt: skip
        return [
            *(web.post(f"/_control/{name}", _answering(act)) for name, act in posts.items()),
            *(web.get(f"/_control/{name}", _telling(tell)) for name, tell in gets.items()),
        ]

    def _app(self, _asked: Json) -> Json:
        team, app = self.double.team, self.double.state.app
        return {
            "team": team.id, "token": team.token, "bot": team.bot.id, "bot_id": team.bot_id,
            "app_token": self.double.app_token, "client_id": app.client_id, "client_secret": app.client_secret,
            "signing_secret": app.signing_secret,
        }  # fmt: skip

    async def _workspace(self, asked: Json) -> Json:
        team = self.double.state.add_workspace(**asked)
        return {"id": team.id, "bot": team.bot.id, "bot_id": team.bot_id, "token": team.token if team.tokens else None}

    async def _user(self, asked: Json) -> Json:
        team = self.double.state.workspaces[asked.pop("team", self.double.team.id)]
        return {"id": self.double.state.add_user(team, **asked).id}

    async def _channel(self, asked: Json) -> Json:
        team = self.double.state.workspaces[asked.pop("team", self.double.team.id)]
        members = [self.double.state.users[one] for one in asked.pop("members", ())]
        return {"id": self.double.state.add_channel(team, members=members, **asked).id}

    async def _people(self, asked: Json) -> Json:
        act, people = getattr(self.double.people, asked.pop("act")), self.double.people
        if "who" in asked:
            asked["who"] = self.double.state.users[asked["who"]]
        if "team" in asked:
            asked["team"] = self.double.state.workspaces[asked["team"]]
        if "view" in asked:
            asked["view"] = self._open_view(asked.pop("user"), asked["view"])
        if act == people.click:
            asked["message"] = self._seen(asked.pop("channel"), asked.pop("ts"))
        came = act(**asked)
        came = await came if isinstance(came, Awaitable) else came
        if isinstance(came, Interaction):
            return self._told(came)
        return {"ts": came.ts, "channel": came.channel} if isinstance(came, Message) else {}

    def _open_view(self, user: str, which: str) -> OpenView:
        return (self.double.state.modals if which == "modal" else self.double.state.homes)[user]

    def _seen(self, channel: str, ts: str) -> Message | Ephemeral:
        alone = (one for one in self.double.state.ephemerals if (one.channel, one.ts) == (channel, ts))
        return next(alone, None) or self.double.state.channels[channel].messages[ts]

    def _told(self, came: Interaction) -> Json:
        return {
            "number": self.double.people.interactions.index(came), "acked": came.acked,
            "acked_in_ms": came.acked_in_ms, "error": came.error, "errors": dict(came.errors),
            "response": came.response, "posts": came.posts, "posted_in_ms": came.posted_in_ms,
        }  # fmt: skip

    def _interaction(self, asked: Json) -> Json:
        return self._told(self.double.people.interactions[int(asked["number"])])

    def _messages(self, asked: Json) -> list[Json]:
        channel: Channel = self.double.state.channels[asked["channel"]]
        return [{**dataclasses.asdict(one), "visible": visible(one.text)} for one in channel.messages.values()]

    def _ephemerals(self, asked: Json) -> list[Json]:
        return [dataclasses.asdict(one) for one in self.double.ephemerals(self.double.state.users[asked["user"]])]

    def _views(self, asked: Json) -> Json:
        state, user = self.double.state, asked["user"]
        modal, home = state.modals.get(user), state.homes.get(user)
        return {"modal": modal.view if modal else None, "home": home.view if home else None}

    async def _fault(self, asked: Json) -> Json:
        ((name, arguments),) = asked.items()
        getattr(self.double.faults, name)(**arguments)
        return {}

    async def _socket(self, asked: Json) -> Json:
        socket, act = self.double.socket, asked.pop("act")
        if act in ("refuse", "accept"):
            socket.refusing = act == "refuse"
        else:
            came = getattr(socket, act)(**asked)
            if isinstance(came, Awaitable):
                await came
        return {"connections": len(socket.connections), "opened": socket.opened}

    async def _set(self, asked: Json) -> Json:
        double = self.double
        changes: dict[str, Callable[[Any], object]] = {
            "http": double.by_http,
            "redirect_uris": double.state.app.redirect_uris.extend,
            "latency": lambda seconds: setattr(double.api, "latency", seconds),
            "voters_shown": lambda most: setattr(double.state, "voters_shown", most),
            "delayed_events": lambda on: setattr(double.courier, "delayed", on),
        }
        for name, value in asked.items():
            changes[name](value)
        return {}

    async def _pass_time(self, asked: Json) -> Json:
        await self.double.pass_time(asked["seconds"])
        return {"now": self.double.clock.now()}

    async def _install(self, asked: Json) -> Json:
        team = self.double.state.workspaces[asked["team"]] if asked["team"] else None
        return dataclasses.asdict(await self.double.oauth.install(asked["url"], team))

    def _log(self, _asked: Json) -> Json:
        double, calls = self.double, self.double.api.calls
        return {
            "calls": Counter(one.method for one in calls),
            "errors": Counter(f"{one.method} {one.error}" for one in calls if one.error),
            "deliveries": Counter(one.kind.value for one in double.courier.deliveries),
            "taken": Counter(one.kind.value for one in double.courier.deliveries if one.taken),
            "attempts": sum(len(one.outcomes) for one in double.courier.deliveries),
            "lost": [one.body for one in double.courier.lost],
            "connections": len(double.socket.connections),
            "opened": double.socket.opened,
            "faults_waiting": double.faults.waiting,
            "findings": double.findings,
            "checked": double.contract.checked,
        }

    def _page(self, asked: Json) -> str:
        state = self.double.state
        page = Page(state, state.users.get(asked.get("viewer", "")))
        if "view" in asked:
            return page.view(self._open_view(asked["user"], asked["view"]))
        return page.channel(state.channels[asked["channel"]])


def _answering(act: Callable[[Json], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await act(await request.json()))
        except (AttributeError, LookupError, SlackError, TypeError, ValueError) as error:
            return web.Response(status=400, text=f"{type(error).__name__}: {error}")

    return answer


def _telling(tell: Callable[[Json], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            told = tell(dict(request.query))
        except LookupError as error:
            return web.Response(status=400, text=f"{type(error).__name__}: {error}")
        return web.Response(text=told, content_type="text/html") if isinstance(told, str) else web.json_response(told)

    return answer
