"""Get search phrases from a model, within the budget; questions are answered without them if that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from bot.errors import BudgetError, ModelError
from bot.ports import PhraseWriter
from bot.questions.budget import Reservation
from bot.questions.passages import Phrasing

logger = logging.getLogger(__name__)


def paid(writer: PhraseWriter, reserve: Callable[[float], AbstractAsyncContextManager[Reservation]]) -> Phrasing:
    """Return what asks `writer` for phrases with the money of `reserve`, which is given the most that a call may cost.

    Without phrases a question still finds its numbers, its Latin names and the terms of the field, so a call that
    fails, or that a budget does not allow, has none.
    """

    async def phrases(question: str, title: str, outline: Sequence[str]) -> tuple[str, ...]:
        try:
            async with reserve(writer.estimate(question, title, outline)) as reservation:
                found = await writer.write(question, title, outline)
                await reservation.settle(found.usage)
                return found.texts
        except (ModelError, BudgetError) as error:
            logger.info("no search phrases: %s", error)
            return ()

    return phrases
