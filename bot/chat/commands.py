"""What people ask for: the commands of `/digest` and `/paper` as values.

`bot.chat.registry` describes the commands that can be typed, `bot.chat.parser` reads them from text; an adapter whose
platform has forms makes them itself. `bot.chat.channels` and `bot.chat.papers` do what they ask for. The command
line's own commands are in `bot.__main__`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Layout, PaperId, PaperRef, Style, Weekday

# --- /digest ----------------------------------------------------------------------------------

MAX_SIZE = 20  # papers in a digest


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Send a digest here; what is None stays as it is."""

    language: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Send nothing more; settings and votes are kept."""


@dataclass(frozen=True, slots=True)
class SetTime:
    """The local time of the digest; `timezone` is what was typed, unchecked, and None to keep the present one."""

    time: dt.time
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class SetDays:
    """The days of the week with a digest, at least one."""

    days: tuple[Weekday, ...]


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The language of the digest, as it was typed."""

    language: str


@dataclass(frozen=True, slots=True)
class SetSize:
    """How many papers."""

    size: int


@dataclass(frozen=True, slots=True)
class SetLayout:
    layout: Layout


@dataclass(frozen=True, slots=True)
class SetTopics:
    """The arXiv categories, at least one."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Names to move up and down the ladder muted - nothing said - wished, one step each."""

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
    """Whether a day without papers passes without a word."""

    quiet: bool


@dataclass(frozen=True, slots=True)
class SetEmoji:
    """What emoji count here; `clear` goes back to the usual table first."""

    values: tuple[tuple[str, float], ...] = ()
    clear: bool = False


@dataclass(frozen=True, slots=True)
class ChangeManagers:
    """Who may change these settings too, by the platform's ids."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLikes:
    """Papers that the channel names as examples of what it wants, and what it wants in words.

    Words are None to stay as they are; `clear` drops all that was said before.
    """

    added: tuple[PaperRef, ...] = ()
    removed: tuple[PaperRef, ...] = ()
    description: str | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True)
class SetLikes:
    """Change the examples by papers that were looked up; no one types this."""

    added: tuple[PaperId, ...] = ()
    removed: tuple[PaperId, ...] = ()
    description: str | None = None
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Configure:
    """Several changes at once, as a form makes them: all of them or none. `subscribe`: and send a digest here."""

    changes: tuple[RequestedChange, ...]
    subscribe: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The next digest, for the asker alone."""


@dataclass(frozen=True, slots=True)
class Now:
    """Today's digest, at once."""


@dataclass(frozen=True, slots=True)
class Show:
    """How the channel is set; `name` is the command whose setting was asked for, or a group of commands."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """How a paper stands in the channel, chosen or not: the parts of its score."""

    paper: PaperRef


class Period(StrEnum):
    """So far back, until now."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Top:
    """The papers that the channel liked best."""

    period: Period = Period.WEEK


@dataclass(frozen=True, slots=True)
class Search:
    """Papers of the archive that have all of these words."""

    words: str


class ExportForm(StrEnum):
    """The forms in which a channel's papers and votes are handed out."""

    CSV = "csv"
    JSON = "json"
    BIBTEX = "bibtex"


@dataclass(frozen=True, slots=True)
class Export:
    """The channel's papers with the votes on them; in every form where none is named."""

    form: ExportForm | None = None


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Delete every vote of the asker."""


@dataclass(frozen=True, slots=True)
class Help:
    pass


# Each changes one setting, as it was asked for.
RequestedChange = (
    SetTime | SetDays | SetLanguage | SetSize | SetLayout | SetTopics | ChangeKeywords | ChangeAuthors | SetQuiet
    | SetEmoji | ChangeManagers | ChangeLikes
)  # fmt: skip
# The same when the papers in it are looked up: nothing about it can fail any more but its own values.
Change = (
    SetTime | SetDays | SetLanguage | SetSize | SetLayout | SetTopics | ChangeKeywords | ChangeAuthors | SetQuiet
    | SetEmoji | ChangeManagers | SetLikes
)  # fmt: skip
# What everybody may ask; all other commands change what a channel gets, and are for some only.
Reading = Show | Preview | Why | Top | Search | Export | ForgetMe | Help
Changing = Subscribe | Unsubscribe | Now | Configure | RequestedChange
Command = Reading | Changing


# --- /paper -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookUp:
    """Tell me about the paper that this text names, in any way of naming one."""

    text: str
    style: Style = Style.BRIEF


@dataclass(frozen=True, slots=True)
class ShowPaper:
    """The same for a paper that was chosen from a list or whose details were asked for."""

    paper: PaperId
    style: Style = Style.BRIEF


@dataclass(frozen=True, slots=True)
class Cite:
    """The paper's BibTeX entry."""

    paper: PaperId


@dataclass(frozen=True, slots=True)
class Share:
    """Post the paper into the channel, where everybody sees it and can vote on it."""

    paper: PaperId
    style: Style = Style.BRIEF


PaperCommand = LookUp | ShowPaper | Cite | Share | Help
