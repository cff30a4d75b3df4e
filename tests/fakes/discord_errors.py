"""Discord's refusals: a JSON error code with its HTTP status and sentence, and the nested form errors of 50035."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.discord_model import Json

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
ERRORS: dict[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10066: (404, "Unknown application command permissions"),
    10087: (404, "Unknown tag"),
    20016: (429, "This action cannot be performed due to slowmode rate limit"),
    20028: (429, "The channel you are writing has hit the write rate limit"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30033: (400, "Maximum number of thread participants has been reached (1000)"),
    30034: (400, "Maximum number of daily application command creates has been reached (200)"),
    40001: (401, "Unauthorized. Provide a valid token and try again"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged"),
    40062: (429, "Service resource is being rate limited"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    40094: (400, "This interaction has reached its maximum number of follow-up messages"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    90001: (403, "Reaction was blocked"),
    130000: (503, "API resource is currently overloaded. Try again a little later"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


class Refused(Exception):
    """Raised where a request breaks Discord's rules; nothing was changed."""

    def __init__(self, code: int, errors: Json | None = None, status: int | None = None) -> None:
        known, text = ERRORS.get(code, (status or 400, f"{status}: refused"))
        super().__init__(f"{code} {text}")
        self.code = code
        self.status = status or known
        self.body: Json = {"message": text, "code": code} | ({"errors": errors} if errors else {})


def unauthorized() -> Refused:
    refused = Refused(0, status=401)
    refused.body["message"] = "401: Unauthorized"
    return refused


class Form:
    """Collects what is wrong with a body, each at its path, and refuses it as one 50035."""

    def __init__(self) -> None:
        self.errors: Json = {}

    def wrong(self, path: Iterable[str | int], code: str, message: str) -> None:
        at = self.errors
        for step in path:
            at = at.setdefault(str(step), {})
        at.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, *path: str | int) -> None:
        self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, value: object, most: int, *path: str | int, least: int = 0) -> None:
        """A text or list of a length from `least` to `most`; anything that is not there is left alone."""
        if value is None:
            return
        if not isinstance(value, str | list):
            self.wrong(path, "BASE_TYPE_BAD_TYPE", "Could not interpret the value")
        elif not least <= len(value) <= most:
            code, bound = (
                ("BASE_TYPE_MAX_LENGTH", f"{most} or fewer")
                if len(value) > most and not least
                else ("BASE_TYPE_BAD_LENGTH", f"between {least} and {most}")
            )
            self.wrong(path, code, f"Must be {bound} in length.")

    def refuse(self) -> None:
        """Raises Refused if anything was wrong."""
        if self.errors:
            raise Refused(50035, self.errors)
