"""Answers that were given before: the same question about the same text is paid for once, however many ask.

An answer is claimed by one caller among all processes, who makes it; the others wait for it. Only the hash of a
question is stored, and nothing about who asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bot.common.waiting import repeating, uninterrupted
from bot.errors import StoreError
from bot.models import Answer, AnswerKey, AnswerKind
from bot.store.answers import Kept, ToMake
from bot.store.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits in seconds."""

    lease: float = 30.0  # of a claim, renewed while its owner lives
    patience: float = 120.0  # with somebody else who is making the same answer
    poll: float = 0.25
    keep: float = 30 * 86_400.0  # an answer
    keep_poor: float = 120.0  # one that asking again may improve: only those who asked at the same time get it


TIMING = Timing()


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer; `fresh` if this caller had it made."""

    answer: Answer
    fresh: bool


class AnswerMemory:
    """The answers of all processes on one database."""

    def __init__(self, store: Store, *, timing: Timing = TIMING) -> None:
        self._answers = store.answers
        self._timing = timing

    async def get(self, key: AnswerKey) -> Answer | None:
        """Return the answer, if it was given before. Raises StoreError."""
        return await self._answers.get(digest(key))

    async def once(self, key: AnswerKey, make: Callable[[], Awaitable[Answer]]) -> Remembered:
        """Return the stored answer; failing that, wait for the one being made, or make it with `make`.

        An error of `make` is raised to its own caller; then the next one that waits makes its own. Raises TimeoutError
        if somebody else takes too long, and StoreError.
        """
        name, owner = digest(key), uuid4().hex
        lease = timedelta(seconds=self._timing.lease)
        async with asyncio.timeout(self._timing.patience) as patience:
            while True:
                claim = await self._answers.claim(name, owner, lease)
                if isinstance(claim, Kept):
                    return Remembered(claim.answer, fresh=False)
                if isinstance(claim, ToMake):
                    patience.reschedule(None)  # from here on the time is the caller's own
                    return await self._made(name, owner, lease, make)
                await asyncio.sleep(self._timing.poll)

    async def _made(self, name: str, owner: str, lease: timedelta, make: Callable[[], Awaitable[Answer]]) -> Remembered:
        """Make the answer under a claim. Gives the claim back unless the answer is stored."""

        async def renew() -> None:
            try:
                await self._answers.renew(name, owner, lease)
            except StoreError as error:
                logger.warning("the claim on an answer cannot be renewed: %s", error)

        try:
            async with repeating(renew, self._timing.lease / 3):
                answer = await make()
                return await uninterrupted(self._stored(name, owner, answer))
        finally:
            await uninterrupted(self._given_back(name, owner))

    async def _stored(self, name: str, owner: str, answer: Answer) -> Remembered:
        """Store the answer. If the claim was lost meanwhile, the first answer stored stands.

        An answer that cannot be stored is still given: it has been paid for.
        """
        seconds = self._timing.keep if lasting(answer) else self._timing.keep_poor
        try:
            if not await self._answers.put(name, owner, answer, timedelta(seconds=seconds)):
                other = await self._answers.get(name)
                return Remembered(other or answer, fresh=other is None)
        except StoreError as error:
            logger.warning("an answer cannot be kept: %s", error)
        return Remembered(answer, fresh=True)

    async def _given_back(self, name: str, owner: str) -> None:
        try:
            await self._answers.release(name, owner)
        except StoreError as error:
            logger.warning("the claim on an answer is left to expire: %s", error)


def lasting(answer: Answer) -> bool:
    """Return whether asking again would hardly give a better answer."""
    return answer.kind in (AnswerKind.ANSWERED, AnswerKind.NOT_SAID) and not answer.partial


def normalised(question: str) -> str:
    """Return a question as those who ask the same write it: NFKC, without case, extra spaces and final marks."""
    text = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return re.sub(r"[\s?!.…。、,;:]+$", "", text) or text


def digest(key: AnswerKey) -> str:
    """Return the hash under which an answer is stored."""
    parts = [
        [[str(paper), version] for paper, version in key.texts],
        normalised(key.question),
        key.language.casefold(),
        key.model,
        key.prompt,
        [[turn.question, turn.answer] for turn in key.turns],
        key.source,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
