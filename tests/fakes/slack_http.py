"""HTTP mode of the tests' Slack: signed requests to the bot's own address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_courier import DEADLINE, Delivery, Kind, Outcome
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Json


class HttpMode:
    """Sends to `url` (`…/slack/events`): events as JSON, commands and interactions as forms.

    `skew` is how many seconds the stamp of a request is behind; with `forging` the signature is a stranger's.
    """

    def __init__(self, state: SlackState, url: str) -> None:
        self.state = state
        self.url = url
        self.skew = 0.0
        self.forging = False
        self.statuses: list[int] = []  # what the bot answered, in order
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, delivery: Delivery, attempt: int) -> Outcome:
        body = _encoded(delivery)
        headers = self._headers(body, delivery.kind)
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": delivery.outcomes[-1].reason}
        late = asyncio.Event()
        self.state.clock.after(DEADLINE, late.set)
        sending, waiting = asyncio.create_task(self._send(body, headers)), asyncio.create_task(late.wait())
        try:
            await asyncio.wait({sending, waiting}, return_when=asyncio.FIRST_COMPLETED)
            return sending.result() if sending.done() else Outcome(taken=False, reason="http_timeout")
        finally:
            sending.cancel()
            waiting.cancel()

    async def _send(self, body: str, headers: dict[str, str]) -> Outcome:
        try:
            async with self._client().post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
                self.statuses.append(answer.status)
                text = await answer.text()
                again = answer.headers.get("x-slack-no-retry") != "1"
                if answer.status // 100 != 2:
                    return Outcome(taken=False, reason="http_error", again=again)
                return Outcome(taken=True, answer=_answer(text, answer.content_type))
        except aiohttp.ClientError:
            return Outcome(taken=False, reason="connection_failed")

    async def verify(self) -> bool:
        """Send the challenge that Slack sends when the address is put in; says whether the bot gave it back."""
        challenge = self.state.new_id("challenge-")
        body = json.dumps({"token": "verification-token", "challenge": challenge, "type": "url_verification"})
        headers = self._headers(body, Kind.EVENT)
        async with self._client().post(self.url, data=body, headers=headers) as answer:
            text = await answer.text()
        return answer.status == 200 and challenge in (text, (_answer(text, answer.content_type) or {}).get("challenge"))

    def _headers(self, body: str, kind: Kind) -> dict[str, str]:
        stamp = str(int(time.time() - self.skew))  # the SDK compares it with the real time
        secret = "a stranger's" if self.forging else self.state.app.signing_secret
        signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        sent_as = "application/json" if kind is Kind.EVENT else "application/x-www-form-urlencoded"
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        return {**signed, "Content-Type": sent_as, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _encoded(delivery: Delivery) -> str:
    if delivery.kind is Kind.EVENT:
        return json.dumps(delivery.body)
    if delivery.kind is Kind.COMMAND:
        return urlencode(delivery.body)
    return urlencode({"payload": json.dumps(delivery.body)})


def _answer(text: str, content_type: str) -> Json | None:
    try:
        body = json.loads(text) if content_type == "application/json" else {"text": text}
    except ValueError:
        body = {"text": text}  # Slack shows what it cannot read
    return body if isinstance(body, dict) and any(body.values()) else None
