"""Everything that can go wrong, as one tree.

    BotError                  a code and its arguments; `bot.words` has a sentence with the remedy for each code
    ├── InputError            what the user typed cannot be used
    ├── SettingsError         the environment or `.env`: all problems at once
    ├── SourceError           a paper source gave no useful answer
    ├── ModelError            the language model gave no useful answer
    │   ├── ModelBusy         retry later: overloaded, rate limited, timed out, unreachable
    │   └── ModelRefusesUs    retrying is pointless: key, credit, permission, unknown model
    ├── BudgetError           the day's spending cap is reached
    ├── StoreError            the database: locked, read-only, full, newer than this version
    ├── PlatformError         a chat platform did not accept what we sent
    │   ├── PermanentError    it never will: the channel is stopped, with the reason
    │   ├── TransientError    not accepted; retry after a given time
    │   └── AmbiguousError    unknown whether it was accepted: look before sending again
    └── OutputError           a file or folder cannot be written

Vendor exceptions are converted at the edge, with the original as `__cause__`. Expected failures of a single item (a
source, a summary) travel as values (`SourceReport`, `Failure`) that hold the code.
"""

from __future__ import annotations

from collections.abc import Sequence

TOKEN_REFUSED = "platform.token"  # noqa: S105  # a code
SCOPE_MISSING = "platform.scope"
# What only the operator can help with, by the app's own settings on the platform: nothing in a channel is wrong.
OPERATORS = frozenset({TOKEN_REFUSED, SCOPE_MISSING})


class BotError(Exception):
    """An error with a code such as `source.timeout`. `arguments` fill the placeholders of its sentence."""

    def __init__(self, code: str, **arguments: object) -> None:
        super().__init__(code, arguments)
        self.code = code
        self.arguments = arguments

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.code} ({arguments})" if arguments else self.code


class InputError(BotError):
    """Codes `input.*`."""


class SettingsError(BotError):
    """Code `settings.invalid`; `problems` are (variable, code of the sentence, offending value or "")."""

    def __init__(self, problems: Sequence[tuple[str, str, str]]) -> None:
        super().__init__("settings.invalid", count=len(problems))
        self.problems = tuple(problems)


class SourceError(BotError):
    """Codes `source.timeout`, `.unreachable`, `.status`, `.rate_limited`, `.malformed`, `.empty`; argument `source`.

    `.partial` (`read`, `total`) is not raised: a digest's status tells it of a source that left something out.
    """


class ReadingError(BotError):
    """A full text that was not read.

    What can be tried again later: `reading.refused`, `.unavailable` (argument `status`), `.unreachable` (`problem`),
    `.timeout` (`seconds`), `.redirected` (`host`), `.wrong_type` (`found`).

    A text that cannot be read: `.too_large` (`limit` in MB), `.too_many`, `.damaged`, `.no_article`, `.empty`,
    `.other_paper`, `.nothing` (`paper`), and of a PDF: `.pdf_empty`, `.pdf_damaged`, `.pdf_locked`, `.pdf_scan`,
    `.pdf_too_large` (`limit` in MB), `.pdf_too_long` (`pages`, `limit`), `.pdf_too_complex`.

    Not raised, but in `FullText.unread`: `.not_arxiv`, `.no_html`, `.no_pdf`, `.implausible`.
    """


class ModelError(BotError):
    """Codes `model.*`. `usd` is the most that unanswered attempts may still have cost."""

    def __init__(self, code: str, *, usd: float = 0.0, **arguments: object) -> None:
        super().__init__(code, **arguments)
        self.usd = usd


class ModelBusy(ModelError):
    """`model.overloaded`, `.rate_limited`, `.timeout`, `.unreachable`, `.server_error`, `.malformed_answer`,
    `.interrupted`.
    """


class ModelRefusesUs(ModelError):
    """`model.auth`, `.credit`, `.spend_limit`, `.disabled`, `.permission`, `.unknown`, `.request`.

    `message` is what the API itself said, if it did.
    """


class BudgetError(BotError):
    """`budget.day`, `.channel`, `.person`, and for questions `.question_day`, `.question_channel`, `.question_person`.

    Arguments `cap_usd` and `resets_at` (an aware datetime).
    """


class StoreError(BotError):
    """`store.locked`, `.running`, `.readonly`, `.full`, `.newer`, `.broken`, `.foreign`, `.path`, `.network`, `.url`,
    `.moved`.

    On PostgreSQL also `.option`, `.unreachable`, `.refused`, `.encoding`, `.driver`, `.backup_sqlite_only`. All have
    the argument `path`, except `.url`, which has `url`, and `.option`, which has `option`.
    """


class OutputError(BotError):
    """`output.unwritable`, `output.foreign`, `output.exists`; argument `path`."""


class PlatformError(BotError):
    """Codes `platform.*`; argument `platform`."""


class PermanentError(PlatformError):
    """`platform.channel_gone`, `.not_member`, `.archived`, `.forbidden`, `.token`, `.scope`, `.message_gone`,
    `.rejected`.

    `.scope` has the argument `scope`, what the app may do nowhere, in the platform's own word. `whole_channel` is False
    if only this part is refused (`.message_gone`, `.rejected`); others may still be accepted.
    """

    def __init__(self, code: str, *, whole_channel: bool = True, **arguments: object) -> None:
        super().__init__(code, **arguments)
        self.whole_channel = whole_channel

    @property
    def is_operators(self) -> bool:
        """Whether only the bot's operator can help, with a good token or more scopes: no channel has done anything."""
        return self.code in OPERATORS


class TransientError(PlatformError):
    """`platform.rate_limited`, `.unavailable`, `.unreachable`.

    It was certainly not accepted; retry in `seconds`. `everywhere` means that nothing should be sent to the platform
    until then, as with a rate limit on the whole app.
    """

    def __init__(self, code: str, *, seconds: float, everywhere: bool = False, **arguments: object) -> None:
        super().__init__(code, **arguments)
        self.seconds = seconds
        self.everywhere = everywhere


class AmbiguousError(PlatformError):
    """`platform.lost_answer`, `.timeout`: the connection ended after the request was sent."""


def shortened(text: str, limit: int = 60) -> str:
    """Return the text, or its first `limit` characters and `…`, to keep quotations in errors on one readable line."""
    return text if len(text) <= limit else f"{text[:limit].rstrip()}…"
