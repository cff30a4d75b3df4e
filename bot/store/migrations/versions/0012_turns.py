"""Conversations about papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON()),
        sa.Column("message", sa.String()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
    )
    op.create_index("ix_turns_conversation_asked_at", "turns", ["conversation", "asked_at"])
    op.create_index("ix_turns_message", "turns", ["message"])
    op.create_index("ix_turns_asker", "turns", ["asker"])
    op.create_index("ix_turns_asked_at", "turns", ["asked_at"])
