"""What sources said of papers that were sent, what became of those, and messages in the thread of any part."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_sightings_paper"),
        sa.PrimaryKeyConstraint("paper", "source", name="pk_sightings"),
    )
    op.create_table(
        "news",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_news_paper"),
        sa.PrimaryKeyConstraint("paper", "kind", "version", name="pk_news"),
    )
    op.add_column("deliveries", sa.Column("thread_of", sa.String()))
