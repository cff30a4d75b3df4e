"""The first tables: papers and what belongs to them, summaries, digests, spending, rates.

Uses plain types instead of those in `bot.store.columns`: a revision records the schema as it was at the time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _papers()
    _summaries()
    _digests()
    _spending()


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("arxiv_id", sa.Text()),
        sa.Column("title_key", sa.Text(), nullable=False),
        _instant("published"),
        sa.Column("record", sa.JSON(), nullable=False),
        _instant("first_seen_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
    )
    op.create_table(
        "paper_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_paper_keys"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_paper_keys_paper"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_paper_keys_paper", "paper_keys", ["paper"])
    op.create_table(
        "signals",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _instant("seen_at"),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("paper", "source", "kind", "seen_at", "value", name="pk_signals"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_signals_paper"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_signals_kind_seen_at", "signals", ["kind", "seen_at"])
    op.create_table(
        "vectors",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("floats", sa.LargeBinary(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("paper", "model", name="pk_vectors"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_vectors_paper"),
    )


def _summaries() -> None:
    op.create_table(
        "summaries",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("style", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _instant("created_at"),
        sa.Column("owner", sa.String()),
        _instant("claimed_until", nullable=True),
        sa.Column("model", sa.Text()),
        sa.Column("origin", sa.String()),
        sa.Column("headline", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("sections", sa.JSON()),
        sa.Column("failure", sa.JSON()),
        _instant("retry_at", nullable=True),
        sa.PrimaryKeyConstraint("paper", "language", "style", name="pk_summaries"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_summaries_paper"),
    )


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        _instant("due_at"),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("empty", sa.String()),
        sa.Column("holiday", sa.String(), nullable=False),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("channel", "date", name="pk_digests"),
    )
    op.create_index("ix_digests_date", "digests", ["date"])
    op.create_table(
        "shown",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("channel", "paper", name="pk_shown"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_shown_paper"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shown_paper", "shown", ["paper"])


def _spending() -> None:
    op.create_table(
        "spend",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _instant("at"),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_read_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_write_tokens", sa.Integer(), nullable=False),
        sa.Column("usd", sa.Float(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spend"),
    )
    op.create_index("ix_spend_day", "spend", ["day"])
    op.create_table(
        "rates",
        sa.Column("key", sa.String(), nullable=False),
        _instant("next_at"),
        sa.Column("holder", sa.String()),
        _instant("held_until", nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_rates"),
    )
