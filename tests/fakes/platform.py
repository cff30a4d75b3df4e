"""The adapter of the tests' chat platform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from adapters.common.http import NO_ANSWER, HttpSession, wait_asked, without_answer
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError
from bot.models import (
    Absent,
    CannotTell,
    DeliveryKey,
    Found,
    Headline,
    MessageRef,
    Page,
    Part,
    Place,
    Tally,
)
from bot.taste.emoji import normalised
from bot.words import words_for
from tests.fakes.platform_state import BOT
from tests.fakes.render import render

NAME = "fake"
COMES_BACK_IN = 1.0  # seconds, where the platform does not say when
# What the platform says, our code for it, and whether it concerns the whole channel.
PERMANENT: Mapping[str, tuple[str, bool]] = {
    "channel_gone": ("platform.channel_gone", True),
    "not_member": ("platform.not_member", True),
    "archived": ("platform.archived", True),
    "forbidden": ("platform.forbidden", True),
    "token": ("platform.token", True),
    "message_gone": ("platform.message_gone", False),
    "rejected": ("platform.rejected", False),
}


class FakePlatform:
    """Platform and Reactions over HTTP; to be used as an asynchronous context manager.

    `timeout` in seconds bounds a whole request: less than half of the ledger's lease. It holds from the next one on.
    """

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        self.timeout = timeout
        self._url = url
        self._http = HttpSession(NAME, timeout=timeout, connect=timeout / 2)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.close(seconds=0.0)

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        asked = {**_address(place), "key": key.value, "text": _text(part)}
        answer = await self._ask("/post", asked)
        return _ref(place.channel.name, answer.get("id"))

    async def edit(self, ref: MessageRef, part: Part) -> None:
        await self._ask("/edit", {**_message(ref), "text": _text(part)})

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        asked = {**_address(place), "key": key.value, "since": since.timestamp()}
        try:
            answer = await self._ask("/find", asked)
        except PermanentError as error:
            return CannotTell(error.code)
        if answer.get("id", 0) is None:
            return Absent()
        return _ref(place.channel.name, answer.get("id"))

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        await self._ask("/react", {**_message(ref), "emoji": emoji})

    async def read(self, ref: MessageRef) -> Tally:
        answer = await self._ask("/reactions", _message(ref))
        try:
            return _tally(answer["reactions"])
        except (KeyError, TypeError, AttributeError) as error:
            raise AmbiguousError("platform.lost_answer", platform=NAME) from error

    async def _ask(self, path: str, asked: Mapping[str, object]) -> dict[str, Any]:
        """The answer's JSON object; one that cannot be read counts as lost."""
        try:
            async with (
                asyncio.timeout(self.timeout),
                self._http.get().post(self._url + path, json=asked) as response,
            ):
                body = await response.read()
        except NO_ANSWER as error:
            raise without_answer(error, NAME, COMES_BACK_IN) from error
        answer = _parsed(body)
        if response.status == 403 and response.content_type == "text/html":
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        if response.status >= 400:
            raise _error(response.status, response.headers.get("Retry-After", ""), answer or {})
        if answer is None:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return answer


def _error(status: int, retry_after: str, body: Mapping[str, Any]) -> PlatformError:
    """Ours for an answer that is a refusal."""
    seconds = wait_asked(retry_after, COMES_BACK_IN)
    if status == 429:
        everywhere = body.get("global") is True
        return TransientError("platform.rate_limited", seconds=seconds, everywhere=everywhere, platform=NAME)
    if status == 503:
        return TransientError("platform.unavailable", seconds=seconds, platform=NAME)
    if status >= 500:
        return AmbiguousError("platform.lost_answer", platform=NAME)
    code, whole_channel = PERMANENT.get(str(body.get("error")), PERMANENT["rejected"])
    return PermanentError(code, whole_channel=whole_channel, platform=NAME)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """The JSON object, None for anything else."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _text(part: Part) -> str:
    language = part.digest.language if isinstance(part, Headline | Page) else part.language
    return render(part, words_for(language))


def _address(place: Place) -> dict[str, object]:
    thread = None if place.thread is None else _message(place.thread)["id"]
    return {"channel": place.channel.name, "thread": thread}


def _ref(channel: str, number: object) -> MessageRef:
    """The message of that number; an answer that names none counts as lost."""
    if not isinstance(number, int):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return MessageRef(NAME, f"{number}/{channel}")


def _message(ref: MessageRef) -> dict[str, object]:
    number, _, channel = ref.value.partition("/")
    return {"channel": channel, "id": int(number)}


def _tally(reactions: Iterable[Mapping[str, Any]]) -> Tally:
    found: dict[str, dict[str, None]] = {}
    complete = True
    for one in reactions:
        complete &= len(one["users"]) == one["count"]
        voters = found.setdefault(normalised(one["emoji"]), {})
        voters.update(dict.fromkeys(user for user in one["users"] if user != BOT))
    return Tally(tuple((emoji, tuple(voters)) for emoji, voters in found.items() if voters), complete)
