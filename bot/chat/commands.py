"""The commands of `/digest` and `/paper` as values.

`bot.chat.registry` describes the commands that can be typed, `bot.chat.parser` reads them from text; an adapter for a
platform with forms builds them itself. `bot.chat.channels` and `bot.chat.papers` carry them out. The command line's
own commands are in `bot.__main__`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Layout, PaperId, PaperRef, Style, Weekday

# --- /digest ----------------------------------------------------------------------------------

MAX_SIZE = 20  # papers in a digest
MAX_QUESTION = 1_000  # characters of a question about papers


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Send digests to this channel, in this language; None keeps the present one."""

    language: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Send no more digests, but keep settings and votes."""


@dataclass(frozen=True, slots=True)
class SetTime:
    """Set the digest's local time. `timezone` is as typed, unchecked, or None to keep the present one."""

    time: dt.time
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class SetDays:
    """Set the days of the week with a digest, at least one."""

    days: tuple[Weekday, ...]


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Set the digest's language, as typed."""

    language: str


@dataclass(frozen=True, slots=True)
class SetSize:
    """Set the number of papers."""

    size: int


@dataclass(frozen=True, slots=True)
class SetLayout:
    layout: Layout


@dataclass(frozen=True, slots=True)
class SetTopics:
    """Set the arXiv categories, at least one."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Names to move one step up or down on the scale muted - neutral - wanted; `clear` empties both lists first."""

    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    clear: bool = False


@dataclass(frozen=True, slots=True)
class ChangeKeywords:
    steps: Steps


@dataclass(frozen=True, slots=True)
class ChangeAuthors:
    steps: Steps


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Set whether to send nothing on a day without papers."""

    quiet: bool


@dataclass(frozen=True, slots=True)
class SetNews:
    """Set whether to tell what became of papers after they were sent."""

    news: bool


@dataclass(frozen=True, slots=True)
class SetEmoji:
    """Set the values of emoji in this channel; `clear` restores the default table first."""

    values: tuple[tuple[str, float], ...] = ()
    clear: bool = False


@dataclass(frozen=True, slots=True)
class ChangeManagers:
    """Change who else may change these settings, by the platform's user ids."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLikes:
    """Change the papers that exemplify what the channel wants, and the description of it in words.

    A `description` of None keeps the present one; `clear` drops papers and description first.
    """

    added: tuple[PaperRef, ...] = ()
    removed: tuple[PaperRef, ...] = ()
    description: str | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True)
class SetLikes:
    """`ChangeLikes` with its papers looked up; never typed."""

    added: tuple[PaperId, ...] = ()
    removed: tuple[PaperId, ...] = ()
    description: str | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Configure:
    """Make several changes at once, all or none, as from a form; with `subscribe`, also subscribe the channel."""

    changes: tuple[RequestedChange, ...]
    subscribe: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Show the next digest to the asker alone."""


@dataclass(frozen=True, slots=True)
class Now:
    """Send today's digest at once."""


@dataclass(frozen=True, slots=True)
class Begin:
    """How it stands with the channel, and where to go from here: what `/digest` alone asks for."""


@dataclass(frozen=True, slots=True)
class Show:
    """Show the channel's settings, or only those of the command or group called `name`."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Explain a paper's standing in the channel, whether chosen or not: the parts of its score."""

    paper: PaperRef


class Period(StrEnum):
    """How far to look back from now."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Top:
    """List the channel's most liked papers."""

    period: Period = Period.WEEK


@dataclass(frozen=True, slots=True)
class Search:
    """Search the archive for papers with all of these words."""

    words: str


class ExportForm(StrEnum):
    """The file formats for a channel's papers and votes."""

    CSV = "csv"
    JSON = "json"
    BIBTEX = "bibtex"


@dataclass(frozen=True, slots=True)
class Export:
    """Export the channel's papers with their votes, in one format, or in every format if None."""

    form: ExportForm | None = None


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Delete every vote of the asker."""


@dataclass(frozen=True, slots=True)
class Help:
    pass


# Changes to a single setting, as requested.
RequestedChange = (
    SetTime | SetDays | SetLanguage | SetSize | SetLayout | SetTopics | ChangeKeywords | ChangeAuthors | SetQuiet
    | SetNews | SetEmoji | ChangeManagers | ChangeLikes
)  # fmt: skip
# The same after looking up their papers, so that only their values can still be invalid.
Change = (
    SetTime | SetDays | SetLanguage | SetSize | SetLayout | SetTopics | ChangeKeywords | ChangeAuthors | SetQuiet
    | SetNews | SetEmoji | ChangeManagers | SetLikes
)  # fmt: skip
# Commands for everybody. All others change what a channel gets, and are restricted.
Reading = Begin | Show | Preview | Why | Top | Search | Export | ForgetMe | Help
Changing = Subscribe | Unsubscribe | Now | Configure | RequestedChange
Command = Reading | Changing
# Those that have a digest posted, now or every day.
Posting = Subscribe | Now | Configure


# --- /paper -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookUp:
    """Show the paper that the text names in any way: URL, id or title."""

    text: str
    style: Style = Style.BRIEF


@dataclass(frozen=True, slots=True)
class ShowPaper:
    """Show a paper chosen from a list, or its details."""

    paper: PaperId
    style: Style = Style.BRIEF


@dataclass(frozen=True, slots=True)
class Cite:
    """Show the paper's BibTeX entry."""

    paper: PaperId


@dataclass(frozen=True, slots=True)
class More:
    """Show similar papers and every page of a paper."""

    paper: PaperId


@dataclass(frozen=True, slots=True)
class Share:
    """Post the paper to the channel, where everybody can see it and vote on it."""

    paper: PaperId
    style: Style = Style.BRIEF


PaperCommand = LookUp | ShowPaper | Cite | More | Share | Help

# --- questions about papers -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer a question from the papers' own texts; without `papers`, those of the conversation.

    `text` is the whole of what was typed: where there is no conversation, it is looked up as a title. `beside` sets the
    papers beside those of the conversation, as in "how does it compare with 2602.21548?".
    """

    papers: tuple[PaperRef | PaperId, ...]
    question: str
    text: str = ""
    beside: bool = False


@dataclass(frozen=True, slots=True)
class AskNext:
    """Ask one of the questions that an answer offers, by the id of the answered one and its number from 0."""

    turn: str
    number: int


@dataclass(frozen=True, slots=True)
class AskOf:
    """Put a question that named no single paper, or more than one answered to its title, about the one picked."""

    turn: str
    paper: PaperId


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """Post an answer to the channel, where everybody can see it and ask on."""

    turn: str


@dataclass(frozen=True, slots=True)
class ShowAnswer:
    """Show an answer once more, to whoever asks for it: a message may have had no room for all of it."""

    turn: str


QuestionCommand = Ask | AskNext | AskOf | ShareAnswer | ShowAnswer
