"""The tables. Changing one needs a revision in `migrations/versions`; a test compares the two.

Text columns that hold ids, dates of a channel (`date`) and days of spending (`day`) are what their owners say;
every other time is an instant in UTC.
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

from bot.models import (
    ChannelKey,
    ChannelSettings,
    ChannelState,
    DeliveryState,
    DigestStatus,
    EmptyReason,
    Entry,
    Failure,
    MessageRef,
    Origin,
    Paper,
    PaperId,
    RunState,
    Section,
    SignalKind,
    SourceName,
    SourceReport,
    Style,
)
from bot.store.columns import CleanText, Document, Named, UtcTime


class SummaryState(StrEnum):
    """What is known of a summary: somebody is writing it, it is there, or it could not be had."""

    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


# Named constraints, because batch migrations on SQLite can only drop what has a name.
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
    Column("title_key", CleanText, nullable=False),  # the title as it is compared and searched
    Column("published", UtcTime, nullable=False),
    Column("record", Document(Paper), nullable=False),  # all of it but the signals
    Column("first_seen_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

# Every key under which a paper may arrive, the ids of papers folded into it included.
paper_keys = Table(
    "paper_keys",
    metadata,
    Column("key", CleanText, primary_key=True),
    _paper(primary_key=False),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

# A history: rows are added, never changed.
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
    Column("entries", Document(tuple[Entry, ...]), nullable=False),  # the papers as they were, without summaries
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
    Column("usd", Float, nullable=False),  # reserved until `settled`, then what it came to
    Column("settled", Boolean, nullable=False, default=False),
    Column("asker", String, nullable=False, default=""),  # who asked for it, never by the platform's own id
    Index(None, "day"),
)

rates = Table(
    "rates",
    metadata,
    Column("key", String, primary_key=True),
    Column("next_at", UtcTime, nullable=False),  # nobody's turn begins before
    Column("holder", String),
    Column("held_until", UtcTime),
)

# The ledger: one row for each message that is to leave. `due_at` is set in state DUE alone, `owner` in CLAIMED alone.
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
    Column("uncertain", Boolean, nullable=False, default=False),  # perhaps sent already
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_claimed_at", UtcTime),
    # its place among the parts of the digest
    Column("after", String),  # the part before it
    Column("spacing", Float, nullable=False, default=0.0),  # seconds after that part
    Column("in_thread", Boolean, nullable=False, default=False),  # below the headline
    # what it says
    Column("content", CleanText),  # a Part as JSON, until it is sent
    Column("paper", Named(PaperId.parse)),
    Column("seeds", CleanText, nullable=False, default=""),  # emoji with spaces between
    # what came of it
    Column("message", Named(MessageRef.parse)),
    Column("error", String),
    Column("created_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    UniqueConstraint("channel", "date", "part"),
    # Of the few rows that are not final, whatever has piled up.
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

# Who may own a delivery, and how long without another word.
workers = Table(
    "workers",
    metadata,
    Column("owner", String, primary_key=True),
    Column("replica", String, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

# How fast messages may leave.
buckets = Table(
    "buckets",
    metadata,
    Column("key", String, primary_key=True),
    Column("next_at", UtcTime, nullable=False),  # when the next message may leave
    Column("paused_until", UtcTime),  # the platform asked for silence
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
    Index(None, "next_run_at"),
)

# A row makes the digest of a channel's local date due once, in whatever process and however often it is looked for.
runs = Table(
    "runs",
    metadata,
    Column("channel", Named(ChannelKey.parse), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("late_after", UtcTime, nullable=False),
    Column("state", Named(RunState), nullable=False),
    Column("try_at", UtcTime),  # None once nothing is to be done any more
    Column("owner", String),
    Column("attempts", Integer, nullable=False),
    Column("problem", String, nullable=False),
    Column("papers", Integer),
    Column("finished_at", UtcTime),
    # the ranks that were sent without a summary, until a repair has found one for each
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

# What the sources said when all channels' papers were last collected.
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

# When work that one process does for all began last.
passes = Table(
    "passes",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# The newest word about each emoji of a person on a message; a removal stays, so that a late duplicate changes nothing.
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

# Who asked to be forgotten: what a platform still shows of them is not read back.
forgotten = Table(
    "forgotten",
    metadata,
    Column("voter", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# What a paper is searched by. What is beside it is the database's own and made in the migration: on SQLite the index
# `archive_words` with its triggers, on PostgreSQL the index `ix_archive_words`.
archive = Table(
    "archive",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("paper", Named(PaperId.parse), ForeignKey("papers.id"), nullable=False, unique=True),
    Column("words", Text, nullable=False),  # see `bot.store.tokens`
)

# Who installed the app, and with which tokens: `record` is encrypted (see `bot.chat.installations`).
installations = Table(
    "installations",
    metadata,
    Column("platform", String, primary_key=True),
    Column("workspace", String, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Installations that somebody began and has not ended yet.
oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String, primary_key=True),  # its hash
    Column("expires_at", UtcTime, nullable=False),
    Index(None, "expires_at"),
)

# What only one process does at a time, and which one.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

# What belongs to a paper, and moves with it when two papers turn out to be one.
papers_children = (paper_keys, signals, vectors, summaries, shown, votes)
