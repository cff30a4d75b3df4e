"""The tables. A change needs a revision in `migrations/versions`; a test compares the two.

Text columns holding ids, channel dates (`date`) and spending days (`day`) are as their owners define them; every other
time is an instant in UTC.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.common.health import ProcessReport
from bot.models import (
    Answer,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    DeliveryState,
    DigestStatus,
    EmptyReason,
    Entry,
    Failure,
    MessageRef,
    NewsKind,
    Origin,
    Paper,
    PaperId,
    RunState,
    Section,
    Sighting,
    SignalKind,
    SourceName,
    SourceReport,
    Style,
)
from bot.store.columns import CleanText, Document, Named, UtcTime

# How texts are read before they are indexed: a higher number renews the words of every paper in the archive.
READING = 1


class SummaryState(StrEnum):
    """State of a summary: being written, finished, or failed."""

    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class TurnState(StrEnum):
    """State of a question: its paper is to be picked, it is being answered, is answered, cancelled or given up."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


# Constraints are named, because batch migrations on SQLite can only drop named ones.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _paper(*, primary_key: bool) -> Column[PaperId]:
    return Column("paper", Named(PaperId.parse), ForeignKey("papers.id"), primary_key=primary_key, nullable=False)


papers = Table(
    "papers",
    metadata,
    Column("id", Named(PaperId.parse), primary_key=True),
    Column("arxiv_id", CleanText),
    Column("title_key", CleanText, nullable=False),  # the title normalised for comparison and search
    Column("published", UtcTime, nullable=False),
    Column("record", Document(Paper), nullable=False),  # everything except the signals
    Column("first_seen_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

# Every key under which a paper may arrive, including the ids of papers merged into it.
paper_keys = Table(
    "paper_keys",
    metadata,
    Column("key", CleanText, primary_key=True),
    _paper(primary_key=False),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

# A history: rows are only added.
signals = Table(
    "signals",
    metadata,
    _paper(primary_key=True),
    Column("source", Named(SourceName), primary_key=True),
    Column("kind", Named(SignalKind), primary_key=True),
    Column("seen_at", UtcTime, primary_key=True),
    Column("value", Float, primary_key=True),
    Index(None, "kind", "seen_at"),
    sqlite_with_rowid=False,
)

vectors = Table(
    "vectors",
    metadata,
    _paper(primary_key=True),
    Column("model", CleanText, primary_key=True),
    Column("floats", LargeBinary, nullable=False),  # float32, little-endian
    Column("at", UtcTime, nullable=False),
)

# What each source said of a paper when it was last asked, to notice what becomes of papers that were sent.
sightings = Table(
    "sightings",
    metadata,
    _paper(primary_key=True),
    Column("source", Named(SourceName), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("said", Document(Sighting), nullable=False),
)

# What became of papers. An event is `told` once every channel has its message in the ledger.
news = Table(
    "news",
    metadata,
    _paper(primary_key=True),
    Column("kind", Named(NewsKind), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("address", CleanText, nullable=False),
    Column("noticed_at", UtcTime, nullable=False),
    Column("told", Boolean, nullable=False),
)

summaries = Table(
    "summaries",
    metadata,
    _paper(primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("style", Named(Style), primary_key=True),
    Column("state", Named(SummaryState), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # claimed
    Column("owner", String),
    Column("claimed_until", UtcTime),
    # done
    Column("model", CleanText),
    Column("origin", Named(Origin)),
    Column("headline", CleanText),
    Column("text", CleanText),
    Column("sections", Document(tuple[Section, ...])),
    # failed
    Column("failure", Document(Failure)),
    Column("retry_at", UtcTime),
)

digests = Table(
    "digests",
    metadata,
    Column("channel", Named(ChannelKey.parse), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("language", String, nullable=False),
    Column("status", Document(DigestStatus), nullable=False),
    Column("entries", Document(tuple[Entry, ...]), nullable=False),  # the papers as they were then, without summaries
    Column("empty", Named(EmptyReason)),
    Column("holiday", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "date"),
)

shown = Table(
    "shown",
    metadata,
    Column("channel", Named(ChannelKey.parse), primary_key=True),
    _paper(primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

spend = Table(
    "spend",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("model", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("input_tokens", Integer, nullable=False, default=0),
    Column("output_tokens", Integer, nullable=False, default=0),
    Column("cache_read_tokens", Integer, nullable=False, default=0),
    Column("cache_write_tokens", Integer, nullable=False, default=0),
    Column("usd", Float, nullable=False),  # the reservation until `settled`, then the actual cost
    Column("settled", Boolean, nullable=False, default=False),
    Column("asker", String, nullable=False, default=""),  # who asked for it, never the platform's own id
    Index(None, "day"),
)

rates = Table(
    "rates",
    metadata,
    Column("key", String, primary_key=True),
    Column("next_at", UtcTime, nullable=False),  # no turn starts earlier
    Column("holder", String),
    Column("held_until", UtcTime),
)

# The ledger: one row for each message to send. `due_at` is set only in state DUE, `owner` only in CLAIMED.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Named(ChannelKey.parse), nullable=False),
    Column("date", Date, nullable=False),
    Column("part", String, nullable=False),
    Column("platform", String, nullable=False),  # the channel's
    Column("bucket", String, nullable=False),
    Column("state", Named(DeliveryState), nullable=False),
    Column("due_at", UtcTime),
    Column("owner", String),
    Column("uncertain", Boolean, nullable=False, default=False),  # may have been sent already
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_claimed_at", UtcTime),
    # its place among the parts of the digest
    Column("after", String),  # the part before it
    Column("spacing", Float, nullable=False, default=0.0),  # seconds after that part
    Column("in_thread", Boolean, nullable=False, default=False),
    # what to send
    Column("content", CleanText),  # a Part as JSON, until it is sent
    Column("paper", Named(PaperId.parse)),
    Column("seeds", CleanText, nullable=False, default=""),  # emoji with spaces between
    # the outcome
    Column("message", Named(MessageRef.parse)),
    Column("error", String),
    Column("created_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("thread_of", String),  # the part in whose thread it is if `in_thread`, the headline's if None
    UniqueConstraint("channel", "date", "part"),
    # Partial indexes of the few rows that are not final, however many have piled up.
    Index(
        "ix_deliveries_due",
        "due_at",
        "bucket",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_owner",
        "owner",
        sqlite_where=text("owner IS NOT NULL"),
        postgresql_where=text("owner IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_message",
        "message",
        sqlite_where=text("message IS NOT NULL"),
        postgresql_where=text("message IS NOT NULL"),
    ),
)

# Who may own a delivery, and until when unless the lease is renewed.
workers = Table(
    "workers",
    metadata,
    Column("owner", String, primary_key=True),
    Column("replica", String, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("report", Document(ProcessReport)),  # what its process tells of itself
)

# How fast messages may be sent.
buckets = Table(
    "buckets",
    metadata,
    Column("key", String, primary_key=True),
    Column("next_at", UtcTime, nullable=False),  # when the next message may leave
    Column("paused_until", UtcTime),  # the platform asked for a pause
)

channels = Table(
    "channels",
    metadata,
    Column("key", Named(ChannelKey.parse), primary_key=True),
    Column("settings", Document(ChannelSettings), nullable=False),
    Column("state", Named(ChannelState), nullable=False),
    Column("next_run_at", UtcTime),
    Column("subscribed_by", CleanText, nullable=False),
    Column("problem", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # what the platform calls it, sealed for a person's direct messages, and when it was asked
    Column("name", CleanText),
    Column("named_at", UtcTime),
    Index(None, "next_run_at"),
)

# One row for each channel and local date, so that its digest is due once, however many processes look.
runs = Table(
    "runs",
    metadata,
    Column("channel", Named(ChannelKey.parse), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("late_after", UtcTime, nullable=False),
    Column("state", Named(RunState), nullable=False),
    Column("try_at", UtcTime),  # None once the run is over
    Column("owner", String),
    Column("attempts", Integer, nullable=False),
    Column("problem", String, nullable=False),
    Column("papers", Integer),
    Column("finished_at", UtcTime),
    # the ranks sent without a summary, until each has got one
    Column("unverified", Document(tuple[int, ...])),
    Column("repair_at", UtcTime),
    Index(
        "ix_runs_try_at", "try_at", sqlite_where=text("try_at IS NOT NULL"), postgresql_where=text("try_at IS NOT NULL")
    ),
    Index(
        "ix_runs_repair_at",
        "repair_at",
        sqlite_where=text("repair_at IS NOT NULL"),
        postgresql_where=text("repair_at IS NOT NULL"),
    ),
    Index(None, "day"),
)

# The sources' reports each time papers were collected for all channels.
collects = Table(
    "collects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("topics", Document(tuple[str, ...]), nullable=False),
    Column("reports", Document(tuple[SourceReport, ...]), nullable=False),
    Column("since", UtcTime),  # unknown for those of earlier versions
    Index(None, "at"),
)

# When work that one process does for all last began.
passes = Table(
    "passes",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# The latest state of each person's emoji on a message. Removals are kept, so that a late duplicate changes nothing.
votes = Table(
    "votes",
    metadata,
    Column("message", Named(MessageRef.parse), primary_key=True),
    Column("voter", String, primary_key=True),  # never the platform's own id
    Column("emoji", CleanText, primary_key=True),
    Column("channel", Named(ChannelKey.parse), nullable=False),
    _paper(primary_key=False),
    Column("present", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "channel", "paper"),
    Index(None, "paper"),
    Index(None, "voter"),
    Index(None, "at"),
    sqlite_with_rowid=False,
)

# Who asked to be forgotten: reactions that a platform still shows are not read back.
forgotten = Table(
    "forgotten",
    metadata,
    Column("voter", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# The words by which a paper is found. Its index differs by database and is created in the migration: on SQLite
# `archive_words` with its triggers, on PostgreSQL `ix_archive_words`.
archive = Table(
    "archive",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("paper", Named(PaperId.parse), ForeignKey("papers.id"), nullable=False, unique=True),
    Column("words", Text, nullable=False),  # see `bot.store.tokens`
    Column("reading", Integer),  # how its texts were read; None before TeX was
    Index(None, "reading"),
)

# Which workspace installed the app with which tokens: `record` is encrypted (see `bot.chat.installations`).
installations = Table(
    "installations",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Installations that were started but not completed.
oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String, primary_key=True),  # its hash
    Column("expires_at", UtcTime, nullable=False),
    Index(None, "expires_at"),
)

# Work that only one process does at a time, and which one holds it.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

# Texts of papers that were asked about, for a day. A paper that is merged into another one is read again.
full_texts = Table(
    "full_texts",
    metadata,
    Column("paper", Named(PaperId.parse), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # 0: the newest one at that time
    Column("record", LargeBinary, nullable=False),  # see `bot.store.fulltexts`
    Column("at", UtcTime, nullable=False),
    Index(None, "at"),
)

# Answers to questions about papers, claimed before anybody pays for one. `key` is a hash: neither the question nor who
# asked is stored.
answers = Table(
    "answers",
    metadata,
    Column("key", String, primary_key=True),
    Column("owner", String),  # while it is being made
    Column("answer", Document(Answer)),  # None until then
    Column("expires_at", UtcTime, nullable=False),  # of the claim, then of the answer
    Index(None, "expires_at"),
)

# Questions about papers and their answers, by conversation: the thread, or the person in a channel.
turns = Table(
    "turns",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("channel", Named(ChannelKey.parse)),
    Column("asker", String, nullable=False),  # a pseudonym, never the platform's own id
    Column("question", CleanText, nullable=False),
    Column("papers", Document(tuple[PaperId, ...]), nullable=False),
    Column("language", String, nullable=False),  # the usual one where it was asked
    Column("state", Named(TurnState), nullable=False),
    Column("answer", Document(Answer)),
    Column("message", Named(MessageRef.parse)),  # that shows the answer to everybody
    Column("asked_at", UtcTime, nullable=False),
    Column("alive_until", UtcTime),  # while it is being answered, unless renewed
    Index(None, "conversation", "asked_at"),
    Index(None, "message"),
    Index(None, "asker"),
    Index(None, "asked_at"),
)

# Rows that belong to a paper, and move with it when two papers are merged.
papers_children = (paper_keys, signals, vectors, sightings, news, summaries, shown, votes)
