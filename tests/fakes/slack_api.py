"""The Web API of the tests' Slack: `/api/<method>`, with JSON, form and query arguments, as the SDK sends them."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import (
    slack_methods_auth,
    slack_methods_chat,
    slack_methods_conversations,
    slack_methods_files,
    slack_methods_streams,
    slack_methods_views,
)
from tests.fakes.slack_call import Call, Method
from tests.fakes.slack_contract import Contract
from tests.fakes.slack_faults import TAKEN_FIRST, Fault, Faults, Trouble
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Json, SlackError

METHODS: Mapping[str, Method] = {
    **slack_methods_auth.METHODS,
    **slack_methods_chat.METHODS,
    **slack_methods_conversations.METHODS,
    **slack_methods_files.METHODS,
    **slack_methods_streams.METHODS,
    **slack_methods_views.METHODS,
}


@dataclass(frozen=True)
class Called:
    """One call as it came; `error` is the answer's, empty where it was taken. The token is left out.

    `at` is when it came, in real seconds of an unnamed beginning.
    """

    method: str
    arguments: Json
    team: str
    error: str
    at: float = field(default_factory=time.monotonic)


class SlackApi:
    """Answers the methods; `calls` is the log of all of them."""

    def __init__(self, state: SlackState, faults: Faults, contract: Contract) -> None:
        self.state = state
        self.faults = faults
        self.contract = contract
        self.calls: list[Called] = []
        self.ended = asyncio.Event()  # when the server goes down, what is stalled ends too
        self.latency = 0.0  # real seconds before each answer

    async def serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            arguments = await _arguments(request)
        except SlackError as unreadable:
            return web.json_response({"ok": False, "error": unreadable.code})
        token = str(arguments.pop("token", None) or _bearer(request))
        if self.latency:
            await asyncio.sleep(self.latency)
        if method in METHODS:
            self.contract.look_at(method, arguments)
        team = self._team_of(token)
        trouble = self.faults.meet(method, arguments, team)
        answer: web.StreamResponse
        error = trouble.what if trouble else ""
        if trouble is None or trouble.what in TAKEN_FIRST:
            answer, refused = self._answer(method, arguments, token, str(request.url.origin()))
            error = refused or error
            self.calls.append(Called(method, arguments, team, error))
        else:
            answer = web.Response()
            self.calls.append(Called(method, arguments, team, error))
        return answer if trouble is None else await self.spoilt(method, request, trouble, answer)

    def _team_of(self, token: str) -> str:
        return next((team.id for team in self.state.workspaces.values() if token in team.tokens), "")

    def _answer(self, name: str, arguments: Json, token: str, base: str) -> tuple[web.Response, str]:
        headers: dict[str, str] = {}
        try:
            method = METHODS.get(name)
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            call = self._authorised(method, arguments, token, base)
            if call.workspace:
                headers["x-oauth-scopes"] = ",".join(sorted(call.workspace.scopes))
            return web.json_response({"ok": True, **method.act(call)}, headers=headers), ""
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.code, **error.more}, headers=headers), error.code

    def _authorised(self, method: Method, arguments: Json, token: str, base: str) -> Call:
        """Raises SlackError: `not_authed`, `invalid_auth`, `token_revoked`, `account_inactive`, `missing_scope`, …"""
        if method.token == "none":
            return Call(self.state, arguments, base)
        if not token:
            raise SlackError("not_authed")
        if method.token == "app":
            if token not in self.state.app.app_tokens:
                raise SlackError("invalid_auth" if token.startswith("xapp-") else "not_allowed_token_type")
            return Call(self.state, arguments, base, token)
        team = next((one for one in self.state.workspaces.values() if token in one.tokens), None)
        if team is None:
            raise SlackError("not_allowed_token_type" if token in self.state.app.app_tokens else "invalid_auth")
        if not team.installed:
            raise SlackError("account_inactive")
        if not team.tokens[token]:
            raise SlackError("token_revoked")
        if method.scopes and not team.scopes & set(method.scopes):
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(team.scopes)))
        return Call(self.state, arguments, base, token, team)

    async def spoilt(
        self, method: str, request: web.Request, trouble: Trouble, answer: web.StreamResponse
    ) -> web.StreamResponse:
        """What comes back instead of `answer` from a request that something happens to."""
        match trouble.what:
            case Fault.LIMITED:
                headers = {"Retry-After": str(math.ceil(trouble.seconds))}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            case Fault.LIMITED_BODY:
                return web.json_response({"ok": False, "error": "ratelimited"})
            case Fault.UNAVAILABLE | Fault.SERVER_ERROR:
                status = 503 if trouble.what == Fault.UNAVAILABLE else 500
                return web.Response(status=status, text="<html>Server Error</html>", content_type="text/html")
            case Fault.EDGE:
                return web.Response(status=403, text="<html>Access denied</html>", content_type="text/html")
            case Fault.HTML:
                return web.Response(text="<html>Please sign in</html>", content_type="text/html")
            case Fault.HALF:
                whole = answer.text or "" if isinstance(answer, web.Response) else ""
                return web.Response(text=whole[: len(whole) // 2], content_type="application/json")
            case Fault.STALLED:
                await self.ended.wait()
            case Fault.LOST_BEFORE | Fault.LOST_AFTER:
                pass
            case _:
                return web.json_response({"ok": False, "error": trouble.what, **_detail(method, trouble.what)})
        if request.transport:
            request.transport.abort()
        return web.Response()


def _detail(method: str, error: str) -> Json:
    """What an answer says beside the error's name: of a scope that is missing, which one."""
    known = METHODS.get(method)
    needed = ",".join(known.scopes) if known else ""
    return {"needed": needed, "provided": "commands"} if error == "missing_scope" else {}


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else ""


async def _arguments(request: web.Request) -> Json:
    """Those of the query and the body; of Basic authorisation come client_id and client_secret.

    Raises SlackError: `invalid_json`, `json_not_object`.
    """
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        found |= body
    elif request.method == "POST":
        found |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        found["client_id"], _, found["client_secret"] = base64.b64decode(encoded).decode().partition(":")
    return found
