"""Channels, their runs, what was collected for all of them, and votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _channels()
    _runs()
    _collecting()
    _votes()


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _instant("next_run_at", nullable=True),
        sa.Column("subscribed_by", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("key", name="pk_channels"),
    )
    op.create_index("ix_channels_next_run_at", "channels", ["next_run_at"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _instant("due_at"),
        _instant("late_after"),
        sa.Column("state", sa.String(), nullable=False),
        _instant("try_at", nullable=True),
        sa.Column("owner", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("papers", sa.Integer()),
        _instant("finished_at", nullable=True),
        sa.Column("unverified", sa.JSON()),
        _instant("repair_at", nullable=True),
        sa.PrimaryKeyConstraint("channel", "day", name="pk_runs"),
    )
    op.create_index("ix_runs_day", "runs", ["day"])
    for column in ("try_at", "repair_at"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_runs_{column}", "runs", [column], sqlite_where=where, postgresql_where=where)


def _collecting() -> None:
    op.create_table(
        "collects",
        sa.Column("id", sa.Integer(), nullable=False),
        _instant("at"),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("reports", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_collects"),
    )
    op.create_index("ix_collects_at", "collects", ["at"])
    op.create_table(
        "passes",
        sa.Column("name", sa.String(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("name", name="pk_passes"),
    )


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("voter", sa.String(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("message", "voter", "emoji", name="pk_votes"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_votes_paper"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_votes_channel_paper", "votes", ["channel", "paper"])
    for column in ("paper", "voter", "at"):
        op.create_index(f"ix_votes_{column}", "votes", [column])
    op.create_table(
        "forgotten",
        sa.Column("voter", sa.String(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("voter", name="pk_forgotten"),
    )
