"""Translation of the Anthropic SDK's exceptions into our errors.

Source: https://platform.claude.com/docs/en/api/errors
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import anthropic
import httpx2  # the SDK's HTTP library: its exceptions alone tell whether a request was ever sent

from bot.common.wire import http_date
from bot.errors import ModelBusy, ModelError, ModelRefusesUs, shortened
from bot.models import finite

# By the error type in the API's own answer: no other answer is final, whatever its status.
_REFUSALS: dict[str | None, str] = {
    "authentication_error": "model.auth",
    "billing_error": "model.credit",
    "permission_error": "model.permission",
    "not_found_error": "model.unknown",
}
# By status, too, where something else answered: an edge, a proxy, a captive portal.
_BUSY: dict[str | int | None, str] = {
    "rate_limit_error": "model.rate_limited",
    "overloaded_error": "model.overloaded",
    "timeout_error": "model.timeout",
    "api_error": "model.server_error",  # in the middle of a stream its status is 200
    408: "model.timeout",
    409: "model.server_error",
    429: "model.rate_limited",
    504: "model.timeout",
    529: "model.overloaded",
}
# What only the words tell: used-up credit, a reached spend limit and a disabled organisation come as bad requests.
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"\bcredit (?:balance|limit)|\b(?:out of|insufficient|no|purchase|buy) credits?\b", "model.credit"),
        (r"\b(?:usage|spend|spending|spend-based|monthly|billing) (?:limit|cap)s?\b", "model.spend_limit"),
        (r"\b(?:organi[sz]ation|account|workspace)\b.{0,40}\b(?:disabled|deactivated|suspended)\b", "model.disabled"),
    )
)
_SENT = (httpx2.ReadError, httpx2.ReadTimeout, httpx2.RemoteProtocolError)
_MESSAGE_LENGTH = 300


def translate(error: TimeoutError | anthropic.APIError, model: str, estimate: float) -> ModelError:
    """Return our error for one failed attempt. Its `usd` is `estimate` (US dollars) if it may have been billed."""
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, model, estimate)
    if isinstance(error, TimeoutError):
        return ModelBusy("model.timeout", usd=estimate, model=model)
    if isinstance(error.__cause__, httpx2.DecodingError):  # longer than any answer, or packed
        return ModelBusy("model.malformed_answer", usd=estimate, model=model)
    sent = isinstance(error.__cause__, _SENT)
    slow = sent and isinstance(error, anthropic.APITimeoutError)
    return ModelBusy("model.timeout" if slow else "model.unreachable", usd=estimate if sent else 0.0, model=model)


def _of_status(error: anthropic.APIStatusError, model: str, estimate: float) -> ModelError:
    status = error.status_code
    keys = (error.type, status)
    message = _message(error)
    said: dict[str, Any] = {"message": message} if message else {}
    if _is_apis_own(error):
        refusal = next((code for pattern, code in _SAID if pattern.search(message)), None) if status < 500 else None
        refusal = refusal or next((_REFUSALS[key] for key in keys if key in _REFUSALS), None)
        if refusal:
            return ModelRefusesUs(refusal, model=model, **said)
    if busy := next((_BUSY[key] for key in keys if key in _BUSY), None):
        return ModelBusy(busy, usd=estimate if busy == "model.timeout" else 0.0, model=model)
    if status < 500 and not _is_apis_own(error):
        return ModelBusy("model.malformed_answer", model=model, status=status)
    if status >= 500:
        return ModelBusy("model.server_error", model=model, status=status)
    return ModelRefusesUs("model.request", model=model, status=status, **said)


def _is_apis_own(error: anthropic.APIStatusError) -> bool:
    """Whether the answer is of the API's form: `{"type": "error", "error": {"type": …, "message": …}}`."""
    body = error.body
    return (
        isinstance(body, dict)
        and body.get("type") == "error"
        and isinstance(error.type, str)
        and isinstance(error.api_message, str)
    )


def _message(error: anthropic.APIStatusError) -> str:
    """Return the API's own words about the request, on one line; "" if something else answered."""
    if not isinstance(error.api_message, str):
        return ""
    return shortened(" ".join(error.api_message.split()), _MESSAGE_LENGTH)


def retry_after(error: ModelError, now: datetime) -> float | None:
    """Return the seconds from `now` that the answer's Retry-After asks to wait; None if there is no readable one."""
    cause = error.__cause__
    asked = cause.response.headers.get("retry-after") if isinstance(cause, anthropic.APIStatusError) else None
    if not asked:
        return None
    seconds = finite(asked)
    if seconds is None and (until := http_date(asked)):
        seconds = (until - now).total_seconds()
    return None if seconds is None else max(0.0, seconds)
