"""The addresses that a command or a click gives to the bot: five answers within half an hour.

The address of a *command* has no original: `replace_original` there posts one more message and replaces nothing, and
`delete_original` deletes nothing (slackapi/bolt-python#1268, slackapi/bolt-js#2287). That of a click has the message
with the button.
"""

from __future__ import annotations

import json
import time

from aiohttp import web

from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_blocks import block_problems
from tests.fakes.slack_faults import TAKEN_FIRST
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import (
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    Ephemeral,
    Json,
    Message,
    ResponseUrl,
    Workspace,
)


class ResponseUrls:
    """`new` makes an address; `serve` answers it."""

    def __init__(self, state: SlackState, api: SlackApi) -> None:
        self.state = state
        self.api = api

    def new(
        self, base: str, team: Workspace, channel: str, user: str, original: Message | Ephemeral | None = None
    ) -> tuple[str, ResponseUrl]:
        path = f"/commands/{team.id}/{self.state.new_id('secret-')}"
        until = self.state.clock.now() + RESPONSE_URL_SECONDS
        self.state.response_urls[path] = answers = ResponseUrl(team.id, channel, user, until, original)
        return base + path, answers

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text())
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        self.api.contract.look_at("response_url", body)
        trouble = self.api.faults.meet("response_url", body)
        answer = web.Response(text="ok")
        if trouble is None or trouble.what in TAKEN_FIRST:
            error = self.answer(request.path, body)
            if error:
                answer = web.json_response({"ok": False, "error": error}, status=404 if "url" in error else 400)
        return answer if trouble is None else await self.api.spoilt("response_url", request, trouble, answer)

    def answer(self, path: str, body: Json) -> str:
        """Do what the body asks for; gives the error, empty where it was done."""
        place = self.state.response_urls.get(path)
        if place is None or self.state.clock.now() > place.until:
            return "expired_url"
        if place.uses >= RESPONSE_URL_USES:
            return "used_url"
        blocks = body.get("blocks")
        if blocks is not None and block_problems(blocks):
            return "invalid_blocks"
        if not body.get("delete_original") and not body.get("text") and not blocks:
            return "no_text"
        place.uses += 1
        place.posts.append(body)
        place.posted_in_ms.append((time.monotonic() - place.made) * 1_000)
        self.state.say(place, body)
        return ""
