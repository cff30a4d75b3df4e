"""Whether a request is Slack's: its signature, over the bytes as they came. Pure.

https://docs.slack.dev/authentication/verifying-requests-from-slack. The SDK's own verifier raises for a body or a stamp
that is no text or number, which anybody can send.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

TOLERANCE = 300  # seconds, as Slack recommends


class Verdict(StrEnum):
    GENUINE = "genuine"
    UNSIGNED = "unsigned"  # a header is missing, or is nothing that Slack sends
    WRONG = "wrong"  # signed with another secret, or not for this body
    UNTIMELY = "untimely"  # signed with our secret, at another time than ours


@dataclass(frozen=True, slots=True)
class Judgement:
    """`seconds`: how much later our clock is than the stamp; 0 without one."""

    verdict: Verdict
    seconds: float = 0.0


def judge(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> Judgement:
    """Judge a request by its headers (names in lower case) and body; `now` is the Unix time here."""
    stamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or not re.fullmatch(r"v0=[0-9a-f]{64}", signature):
        return Judgement(Verdict.UNSIGNED)
    seconds = now - int(stamp)
    expected = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v0={expected}", signature):
        return Judgement(Verdict.WRONG, seconds)
    return Judgement(Verdict.GENUINE if abs(seconds) <= TOLERANCE else Verdict.UNTIMELY, seconds)
