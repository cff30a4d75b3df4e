"""One attempt at a delivery: look it up if it may be there already, otherwise post it, and return the outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import TOKEN_REFUSED, AmbiguousError, PermanentError, TransientError
from bot.models import CannotTell, MessageRef, Part
from bot.ports import Platform
from bot.store.claims import ClaimedDelivery
from bot.store.outcomes import Again, Dead, Outcome, Sent, Unknown

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)  # since the first claim: by then nobody wants the morning's papers
TOKEN_PAUSE = 60.0  # seconds until a token that was refused is tried again
LONGEST_WAIT = 3600.0  # seconds; retried after this even if the platform asks for more
# The platform's clock may be behind ours, so the look-up starts a little earlier.
_CLOCKS_DIFFER = timedelta(minutes=5)
_SHORTEST_WAIT = 0.05
_LONGEST_DOUBT = 300.0  # seconds between look-ups of the same message


async def attempt(
    platform: Platform, delivery: ClaimedDelivery, seconds: float, clock: Callable[[], datetime]
) -> Outcome:
    """Look up and post within `seconds`. Raises only CancelledError.

    An error outside `bot.errors` is logged and counts as a lost answer.
    """
    try:
        part = delivery.content()
    except ValueError:
        logger.exception("delivery %s cannot be read", delivery.id)
        return Dead(delivery.id, "platform.unreadable")
    ends_at = asyncio.get_running_loop().time() + seconds
    if delivery.uncertain:
        looked_up = await _look_up(platform, delivery, seconds / 2, clock)
        if looked_up:
            return looked_up
    return await _post(platform, delivery, part, ends_at, clock)


async def _look_up(
    platform: Platform, delivery: ClaimedDelivery, seconds: float, clock: Callable[[], datetime]
) -> Outcome | None:
    """Return the outcome of the look-up, or None if the message is certainly not there."""
    try:
        async with asyncio.timeout(seconds):
            result = await platform.find(delivery.place, delivery.key, delivery.first_claimed_at - _CLOCKS_DIFFER)
    except PermanentError as error:
        held = _held(delivery, error.code, clock, uncertain=True)
        return held if error.is_operators else Unknown(delivery.id, error.code)
    except TransientError as error:
        return _again(delivery, error.code, clock, uncertain=True, seconds=error.seconds, pause=error.everywhere)
    except (AmbiguousError, TimeoutError) as error:
        return _again(delivery, _code(error), clock, uncertain=True)
    except Exception:
        logger.exception("looking up delivery %s failed", delivery.id)
        return _again(delivery, "platform.lost_answer", clock, uncertain=True)
    if isinstance(result, MessageRef):
        return Sent(delivery.id, result)
    if isinstance(result, CannotTell):
        if result.why == TOKEN_REFUSED:
            return _held(delivery, TOKEN_REFUSED, clock, uncertain=True)
        return Unknown(delivery.id, result.why)
    return None


async def _post(
    platform: Platform, delivery: ClaimedDelivery, part: Part, ends_at: float, clock: Callable[[], datetime]
) -> Outcome:
    try:
        async with asyncio.timeout_at(ends_at):
            return Sent(delivery.id, await platform.post(delivery.place, part, delivery.key))
    except PermanentError as error:
        if error.is_operators:
            return _held(delivery, error.code, clock, uncertain=False)
        return Dead(delivery.id, error.code, error.whole_channel)
    except TransientError as error:
        return _again(delivery, error.code, clock, uncertain=False, seconds=error.seconds, pause=error.everywhere)
    except (AmbiguousError, TimeoutError) as error:
        return _again(delivery, _code(error), clock, uncertain=True)
    except Exception:
        logger.exception("posting delivery %s failed", delivery.id)
        return _again(delivery, "platform.lost_answer", clock, uncertain=True)


def _held(delivery: ClaimedDelivery, code: str, clock: Callable[[], datetime], *, uncertain: bool) -> Outcome:
    """Return that everything under the refused token waits for a good one, which is looked for now and then."""
    return _again(delivery, code, clock, uncertain=uncertain, seconds=TOKEN_PAUSE, pause=True)


def _again(
    delivery: ClaimedDelivery,
    code: str,
    clock: Callable[[], datetime],
    *,
    uncertain: bool,
    seconds: float | None = None,
    pause: bool = False,
) -> Outcome:
    """Return an outcome that schedules a retry, or ends the delivery once it has been tried for long enough."""
    if clock() - delivery.first_claimed_at > GIVE_UP_AFTER:
        return Unknown(delivery.id, code) if uncertain else Dead(delivery.id, code)
    if seconds is None:
        seconds = min(2.0 ** min(delivery.attempts - 1, 20), _LONGEST_DOUBT)
    wait = min(max(_SHORTEST_WAIT, seconds), LONGEST_WAIT)  # in this order NaN becomes the shortest wait
    return Again(delivery.id, wait, code, uncertain, pause=delivery.bucket if pause else "")


def _code(error: AmbiguousError | TimeoutError) -> str:
    return error.code if isinstance(error, AmbiguousError) else "platform.timeout"
