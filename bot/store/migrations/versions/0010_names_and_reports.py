"""Names of channels, reports of running processes, the archive's reading, and digests that had not arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPENINGS = ("headline", "page", "notice")
_RUNS = sa.table(
    "runs",
    *(sa.column(name, sa.String()) for name in ("channel", "state", "problem")),
    sa.column("day", sa.Date()),
    sa.column("unverified", sa.JSON(none_as_null=True)),
    sa.column("repair_at", sa.DateTime(timezone=True)),
)
_DELIVERIES = sa.table(
    "deliveries",
    *(sa.column(name, sa.String()) for name in ("channel", "part", "state", "error")),
    sa.column("date", sa.Date()),
)


def upgrade() -> None:
    op.add_column("workers", sa.Column("report", sa.JSON()))
    op.add_column("channels", sa.Column("name", sa.Text()))
    op.add_column("channels", sa.Column("named_at", sa.DateTime(timezone=True)))
    # Empty for what is there: `kawaraban run` renews those words in the background.
    op.add_column("archive", sa.Column("reading", sa.Integer()))
    op.create_index("ix_archive_reading", "archive", ["reading"])
    _fail_what_did_not_arrive()


def _fail_what_did_not_arrive() -> None:
    """Record a digest whose opening message was refused as failed, as every later one is."""
    refused = (
        sa.select(_DELIVERIES.c.error)
        .where(
            _DELIVERIES.c.channel == _RUNS.c.channel,
            _DELIVERIES.c.date == _RUNS.c.day,
            _DELIVERIES.c.part.in_(_OPENINGS),
            _DELIVERIES.c.state == "dead",
        )
        .limit(1)
    )
    failed = {
        "state": "failed",
        "problem": sa.func.coalesce(refused.scalar_subquery(), ""),
        "unverified": None,
        "repair_at": None,
    }
    op.get_bind().execute(sa.update(_RUNS).where(_RUNS.c.state == "done", refused.exists()).values(failed))
