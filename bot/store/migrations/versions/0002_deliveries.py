"""The ledger of deliveries, its workers, and the rates at which messages leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("owner", sa.String()),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_claimed_at", sa.DateTime(timezone=True)),
        sa.Column("after", sa.String()),
        sa.Column("spacing", sa.Float(), nullable=False),
        sa.Column("in_thread", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("paper", sa.String()),
        sa.Column("seeds", sa.Text(), nullable=False),
        sa.Column("message", sa.String()),
        sa.Column("error", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("channel", "date", "part", name="uq_deliveries_channel_date_part"),
    )
    _index("ix_deliveries_due", ["due_at", "bucket"])
    _index("ix_deliveries_owner", ["owner"])
    _index("ix_deliveries_message", ["message"])
    op.create_table(
        "workers",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("replica", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_workers"),
    )
    op.create_table(
        "buckets",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name="pk_buckets"),
    )


def _index(name: str, columns: list[str]) -> None:
    """Create an index of the rows in which the first column is set."""
    where = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
