"""The values that everything else passes around. All of them are frozen.

No I/O, no vendor types, no words for people: renderers turn these into sentences.
Every instant is a `datetime` with a time zone, in UTC unless its field says otherwise.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# --- papers -----------------------------------------------------------------------------------


class SourceName(StrEnum):
    """Where papers come from; the values are what users and the JSON output see."""

    ARXIV = "arxiv"
    HUGGINGFACE = "huggingface"
    SEMANTIC_SCHOLAR = "semantic_scholar"


class SignalKind(StrEnum):
    """What a source says about a paper."""

    LISTED = "listed"  # value 1; `seen_at` is the instant of the announcement or listing itself
    UPVOTES = "upvotes"
    COMMENTS = "comments"
    STARS = "stars"  # of the paper's code repository
    CITATIONS = "citations"


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """One number that one source gave for one paper at one instant; the store keeps them all."""

    source: SourceName
    kind: SignalKind
    value: float
    seen_at: datetime


_ARXIV_VERSION = re.compile(r"v\d+$")


@dataclass(frozen=True, slots=True, order=True)
class PaperId:
    """The name of a paper inside Kawaraban, such as `arxiv:2602.21548`; it never changes once stored.

    arXiv ids carry no version here: the same paper from two sources has one id.
    """

    scheme: str
    value: str

    @classmethod
    def arxiv(cls, text: str) -> PaperId:
        """`2602.21548v2` and `2602.21548` give the same id; the text is trusted to be an arXiv id."""
        return cls("arxiv", _ARXIV_VERSION.sub("", text))

    @classmethod
    def doi(cls, text: str) -> PaperId:
        return cls("doi", text.lower())

    @classmethod
    def title(cls, text: str) -> PaperId:
        """For a paper that no source gives an id: a digest of its normalised title."""
        return cls("title", hashlib.sha256(normalised_title(text).encode()).hexdigest()[:20])

    @classmethod
    def parse(cls, text: str) -> PaperId:
        """The inverse of `str()`; raises ValueError for text without a scheme."""
        scheme, colon, value = text.partition(":")
        if not (scheme and colon and value):
            raise ValueError(f"not a paper id: {text!r}")
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def normalised_title(title: str) -> str:
    """The title as it is compared: NFKC, lower case, letters and digits only."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title).casefold()))


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of one paper, from however many sources.

    `abstract` is the source's text, line breaks included: renderers escape it, nobody rewrites it.
    """

    id: PaperId
    title: str
    abstract: str
    authors: tuple[str, ...]
    published: datetime
    url: str
    more_authors: bool = False  # the source named more people than `authors` holds
    updated: datetime | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    s2_id: str | None = None
    categories: tuple[str, ...] = ()  # arXiv's, the primary one first
    comment: str | None = None
    withdrawn: bool = False
    tldr: str | None = None  # Semantic Scholar's, English
    keywords: tuple[str, ...] = ()
    code_url: str | None = None
    project_url: str | None = None
    signals: tuple[Signal, ...] = ()

    @property
    def sources(self) -> tuple[SourceName, ...]:
        """The sources that know the paper, in the fixed order of `SourceName`."""
        known = {signal.source for signal in self.signals}
        return tuple(source for source in SourceName if source in known)

    @property
    def listings(self) -> tuple[Signal, ...]:
        """When which source announced or listed it."""
        return tuple(s for s in self.signals if s.kind is SignalKind.LISTED)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which another source's record of the same paper may arrive, strongest first."""
        found = [str(self.id)]
        if self.arxiv_id:
            found.append(str(PaperId.arxiv(self.arxiv_id)))
        if self.doi:
            found.append(str(PaperId.doi(self.doi)))
        if self.s2_id:
            found.append(f"s2:{self.s2_id}")
        found.append(str(PaperId.title(self.title)))
        return tuple(dict.fromkeys(found))


class RefKind(StrEnum):
    """The ways in which people name a paper."""

    ARXIV = "arxiv"
    DOI = "doi"
    SEMANTIC_SCHOLAR = "s2"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class PaperRef:
    """A paper as somebody named it; `value` is normalised (no version, no URL around it)."""

    kind: RefKind
    value: str
    version: int | None = None


# --- collecting -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, `start` exclusive and `end` inclusive, in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start < instant <= self.end


@dataclass(frozen=True, slots=True)
class Vector:
    """What a paper is about, as a point; only vectors of the same model can be compared."""

    model: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Many vectors of one model: `width` float32 values each, in this machine's byte order, one after the other."""

    model: str
    width: int
    floats: bytes

    def __len__(self) -> int:
        return len(self.floats) // (4 * self.width) if self.width else 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What one source answered for one window.

    `problem` is the code of an error (see `bot.errors`) that cost a part of the answer; the papers are those that
    arrived all the same. `dropped` counts malformed items. `vectors` are keyed by the id of the paper in `papers`.
    """

    source: SourceName
    papers: tuple[Paper, ...]
    dropped: int = 0
    problem: str | None = None
    vectors: Mapping[PaperId, Vector] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's line in a digest's status: `error` is an error code, None when all went well."""

    source: SourceName
    papers: int
    dropped: int = 0
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class DigestStatus:
    """The truth about a day: how many unseen papers were looked at, and what each source did."""

    new_papers: int
    sources: tuple[SourceReport, ...] = ()


# --- summaries --------------------------------------------------------------------------------


class Style(StrEnum):
    """`brief`: a takeaway line and 3-5 sentences. `detailed`: translated abstract and four sections."""

    BRIEF = "brief"
    DETAILED = "detailed"


class SectionKind(StrEnum):
    """The four sections of a detailed summary, in their order."""

    BACKGROUND = "background"
    METHOD = "method"
    RESULTS = "results"
    OUTLOOK = "outlook"


@dataclass(frozen=True, slots=True)
class Section:
    kind: SectionKind
    text: str


class FindingKind(StrEnum):
    """What the check can find wrong with a text; a finding means that it is not shown."""

    EMPTY = "empty"
    LANGUAGE = "language"
    UNTRANSLATED = "untranslated"
    TRUNCATED = "truncated"
    REFUSAL = "refusal"
    PREAMBLE = "preamble"
    LENGTH = "length"
    NUMBER = "number"
    NAME = "name"
    OTHER_PAPER = "other_paper"
    LINK = "link"
    MENTION = "mention"
    INSTRUCTION = "instruction"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a text; `text` is the offending piece as it stands there, or a short note in English."""

    kind: FindingKind
    text: str


class Origin(StrEnum):
    """Who wrote the words under a paper's title."""

    MODEL = "model"
    IMPORTED = "imported"
    TLDR = "tldr"  # Semantic Scholar's one sentence, unchanged
    ABSTRACT = "abstract"  # the first sentences of the abstract, unchanged


@dataclass(frozen=True, slots=True)
class Summary:
    """A text about a paper that passed the check; nothing else may be shown as a summary.

    For `Style.DETAILED`, `text` is the translated abstract and `sections` hold the rest.
    """

    language: str  # BCP 47
    style: Style
    headline: str
    text: str
    sections: tuple[Section, ...] = ()
    model: str = ""
    origin: Origin = Origin.MODEL


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text by somebody else, shown under its own label where there is no summary; `origin` is TLDR or ABSTRACT."""

    origin: Origin
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a paper has no summary: an error code of `bot.errors`, and what the check found last."""

    code: str
    findings: tuple[Finding, ...] = ()


class Stop(StrEnum):
    """How a model's answer ended."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call used; `usd` at the model's list price."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """One thing to ask of a model; `findings` are those of the attempt before."""

    paper: Paper
    language: str
    style: Style
    model: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An unchecked text from a model; empty fields where `stop` is not COMPLETE."""

    model: str
    stop: Stop
    usage: Usage
    headline: str = ""
    text: str = ""
    sections: tuple[Section, ...] = ()


# --- channels and digests ---------------------------------------------------------------------


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """The name of a channel: `terminal:default`, `hugo:/srv/blog/content/post`, `slack:T1/C1`."""

    platform: str
    name: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> ChannelKey:
        platform, colon, name = text.partition(":")
        if not (platform and colon and name):
            raise ValueError(f"not a channel: {text!r}")
        return cls(platform, name)


class Layout(StrEnum):
    """How a digest lies in a channel."""

    THREAD = "thread"  # a headline, and one message a paper in its thread
    CHANNEL = "channel"  # a headline, and one message a paper beside it
    COMPACT = "compact"  # the headline alone
    PAGE = "page"  # one document: the blog


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What a channel's people asked for."""

    language: str = "ja"
    size: int = 5
    topics: tuple[str, ...] = ("cs.CL", "cs.AI", "cs.LG")
    keywords: tuple[str, ...] = ()
    muted_keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    muted_authors: tuple[str, ...] = ()
    time: dt.time = dt.time(7, 0)
    timezone: str = "Asia/Tokyo"
    days: tuple[Weekday, ...] = tuple(Weekday)
    layout: Layout = Layout.THREAD
    quiet: bool = False  # nothing at all on a day without papers
    seed_reactions: bool = True
    emoji: tuple[tuple[str, float], ...] = ()  # Unicode emoji -> value, above the default table; 0 takes one out
    managers: tuple[str, ...] = ()  # the platform's ids of people who may change these settings too
    likes: tuple[PaperId, ...] = ()  # papers that the channel named as examples of what it wants
    description: str = ""  # what it wants in its own words, in English as the papers are: "KV cache, agentic inference"


class ChannelState(StrEnum):
    ACTIVE = "active"
    OFF = "off"  # unsubscribed: settings and votes are kept
    STOPPED = "stopped"  # the platform refuses us there for good; `Channel.problem` says why


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that gets a digest. `next_run_at` is None unless ACTIVE; `subscribed_by` is the platform's user id."""

    key: ChannelKey
    settings: ChannelSettings = field(default_factory=ChannelSettings)
    state: ChannelState = ChannelState.ACTIVE
    next_run_at: datetime | None = None
    subscribed_by: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The digest of one local date. `skipped`: too late, because nobody was there when it was due."""

    day: dt.date
    due_at: datetime
    late_after: datetime
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from looking at a channel: runs to note, and when to look again.

    `problem` is the code of what keeps the channel from ever being due.
    """

    runs: tuple[PlannedRun, ...]
    next_run_at: datetime | None
    problem: str = ""


class RunState(StrEnum):
    """The life of a run, from being due to its digest's parts being in the ledger."""

    DUE = "due"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"  # nobody was there on its day
    FAILED = "failed"  # its day passed, and every attempt had gone wrong


@dataclass(frozen=True, slots=True)
class Run:
    """The making of one channel's digest of one local date.

    `problem` is the code of what went wrong last. `unverified` are the ranks that were sent without a summary.
    """

    channel: ChannelKey
    day: dt.date
    due_at: datetime
    late_after: datetime
    state: RunState
    attempts: int = 0
    problem: str = ""
    papers: int | None = None
    unverified: tuple[int, ...] = ()
    finished_at: datetime | None = None


class ReasonKind(StrEnum):
    """Why a paper was chosen; renderers put it into words with the reason's subject and value."""

    UPVOTES = "upvotes"  # value: the count; the day's share below it is in `share`
    VELOCITY = "velocity"  # value: upvotes a day
    CITATIONS = "citations"  # value: the count
    TOPIC = "topic"  # subject: the arXiv category
    KEYWORD = "keyword"  # subject: the channel's keyword
    AUTHOR = "author"  # subject: the person
    SEVERAL_SOURCES = "several_sources"
    FRESH = "fresh"  # value: its age in days
    RECENT = "recent"  # value: its age in days; where nothing else speaks for a paper of the past week
    EXPLORE = "explore"  # the slot that looks beyond what is popular
    SIMILAR = "similar"  # subject: the title of a paper that the channel's people voted for
    SEED = "seed"  # subject: the title of a paper that the channel named as an example
    DESCRIPTION = "description"  # subject: what the channel wants, in its own words


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of why; `share` is the percentile within the source's day, 0-1."""

    kind: ReasonKind
    subject: str = ""
    value: float = 0.0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A ranked paper: `parts` are the named addends of `score`, the first of `reasons` decided."""

    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in a digest. At most one of `summary`, `excerpt` is set; `failure` says why there is no summary."""

    rank: int
    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    summary: Summary | None = None
    excerpt: Excerpt | None = None
    failure: Failure | None = None
    figure: str | None = None  # a file name beside the rendered page

    @property
    def verified(self) -> bool:
        return self.summary is not None


class EmptyReason(StrEnum):
    """Why a day has no papers."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SOURCES_FAILED = "sources_failed"
    ALL_SHOWN = "all_shown"


@dataclass(frozen=True, slots=True)
class Digest:
    """One channel's papers of one local date. Its identity is (channel, date); a language only renders it."""

    channel: ChannelKey
    date: dt.date
    due_at: datetime
    language: str
    status: DigestStatus
    entries: tuple[Entry, ...] = ()
    empty: EmptyReason | None = None
    holiday: str = ""  # for EmptyReason.HOLIDAY: arXiv's English name of the day


# --- delivery ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on a platform, as that platform's adapter wrote it down; opaque to everybody else."""

    platform: str
    value: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> MessageRef:
        """The inverse of `str()`; raises ValueError for text without a platform."""
        platform, colon, value = text.partition(":")
        if not (platform and colon and value):
            raise ValueError(f"not a message: {text!r}")
        return cls(platform, value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a channel, or the thread below one of its messages."""

    channel: ChannelKey
    thread: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """The name of one delivery, the same in every attempt: 20 letters and digits, unique for ever."""

    value: str

    @classmethod
    def of(cls, channel: ChannelKey, day: dt.date, part: str) -> DeliveryKey:
        return cls(hashlib.sha256(f"{channel}|{day}|{part}".encode()).hexdigest()[:20])


@dataclass(frozen=True, slots=True)
class Headline:
    """The message that opens a digest: `digest` with summaries, its papers' abstracts left out.

    In the layout `compact` it is all there is, so it says a little more of each paper.
    """

    digest: Digest
    layout: Layout


@dataclass(frozen=True, slots=True)
class Card:
    """One paper's message; `of` is how many papers the digest has. The paper's abstract is left out."""

    entry: Entry
    date: dt.date
    language: str
    of: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper on its own, as `/paper` answers. Without a summary, `failure` says why, `excerpt` has others' words.

    Shared into a channel it is a message like a card, and can be voted on.
    """

    paper: Paper
    language: str
    style: Style
    summary: Summary | None = None
    failure: Failure | None = None
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the bot says once when it is invited: what it does, and a button that opens the form to subscribe."""

    language: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that differs by language: its key in the catalogues, and what to say where that is not known."""

    key: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short message in words: `key` is a sentence's key in the catalogues, `arguments` fill its placeholders.

    `about` is a channel that the message is about, where it is not the one that gets it.
    """

    key: str
    language: str
    arguments: tuple[tuple[str, str | Term], ...] = ()
    about: ChannelKey | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole digest as one document, abstracts included."""

    digest: Digest


Part = Headline | Card | Notice | Page | Sheet | Greeting


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform was asked, and there is no message of that key."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The platform cannot or may not be asked; `why` is a short code for `status`."""

    why: str


Found = MessageRef | Absent | CannotTell


class DeliveryState(StrEnum):
    """The life of a row in the ledger."""

    WAITING = "waiting"  # for the part before it
    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    UNKNOWN = "unknown"  # perhaps sent, and nothing can tell: never sent again by itself


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger, for people and for votes. `error` is the code of the last trouble, "" for none."""

    id: int
    channel: ChannelKey
    day: dt.date
    part: str
    state: DeliveryState
    due_at: datetime | None
    attempts: int
    message: MessageRef | None
    paper: PaperId | None  # under the id that it has now
    error: str
    created_at: datetime
    settled_at: datetime | None


# --- votes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji put on, or taken off, a message by one person; `at` is the platform's time of the event, UTC.

    `emoji` is Unicode, without skin tone; `voter` is the platform's user id, which is stored only as an HMAC.
    """

    message: MessageRef
    voter: str
    emoji: str
    present: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The reactions that a platform tells of one message now: (emoji, voters). Incomplete where voters are missing."""

    reactions: tuple[tuple[str, tuple[str, ...]], ...]
    complete: bool


# --- conversations ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something. `user` is the platform's id.

    `is_admin`: the platform lets this person manage the channel. `may_subscribe`: it lets them bring the bot into a
    channel that nobody has subscribed yet. `language` is the person's own (BCP 47), where the platform tells it: it
    counts where no channel has one.
    """

    user: str
    is_admin: bool = False
    may_subscribe: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a sentence, by the platform's id: each adapter writes them in its own way."""

    id: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: `key` in the catalogues, `arguments` for its placeholders.

    An argument is a text, a number, a date, an instant, a Term, a Person, a Reason, or several of them.
    """

    key: str
    arguments: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the asker: its name, its media type, its text."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What an asker is told; every further reply to the same command takes the place of the one before.

    Instants are meant to be shown in `timezone`. `parts` are what to look at: the sheet of a paper, or a digest that is
    stored nowhere. `choices` are papers of which one is to be chosen. `working`: another reply follows.
    """

    language: str
    timezone: str
    sentences: tuple[Sentence, ...] = ()
    parts: tuple[Part, ...] = ()
    choices: tuple[Paper, ...] = ()
    documents: tuple[Document, ...] = ()
    working: bool = False
