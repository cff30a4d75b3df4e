"""The searchable archive, and on whose behalf money was spent."""

from __future__ import annotations

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from bot.store.tokens import searchable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite's index is a separate table, kept in step by triggers: https://sqlite.org/fts5.html#external_content_tables
_SQLITE = (
    """CREATE VIRTUAL TABLE archive_words
       USING fts5(words, content='archive', content_rowid='id', tokenize='ascii', detail=none)""",
    """CREATE TRIGGER archive_words_added AFTER INSERT ON archive BEGIN
         INSERT INTO archive_words(rowid, words) VALUES (new.id, new.words);
       END""",
    """CREATE TRIGGER archive_words_removed AFTER DELETE ON archive BEGIN
         INSERT INTO archive_words(archive_words, rowid, words) VALUES ('delete', old.id, old.words);
       END""",
    """CREATE TRIGGER archive_words_changed AFTER UPDATE ON archive BEGIN
         INSERT INTO archive_words(archive_words, rowid, words) VALUES ('delete', old.id, old.words);
         INSERT INTO archive_words(rowid, words) VALUES (new.id, new.words);
       END""",
)
_POSTGRESQL = ("CREATE INDEX ix_archive_words ON archive USING gin (array_to_tsvector(string_to_array(words, ' ')))",)


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive"),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name="fk_archive_paper"),
        sa.UniqueConstraint("paper", name="uq_archive_paper"),
    )
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
    op.add_column("spend", sa.Column("asker", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("spend") as spend:
        spend.alter_column("asker", server_default=None)
    _fill_archive()


def _fill_archive() -> None:
    """Add the papers that were shown or summarised before the archive existed."""
    connection = op.get_bind()
    texts: defaultdict[str, list[str]] = defaultdict(list)
    papers = "SELECT id, record FROM papers WHERE id IN (SELECT paper FROM shown UNION SELECT paper FROM summaries)"
    for name, record in connection.execute(sa.text(papers)):
        paper = json.loads(record) if isinstance(record, str) else record
        texts[name] += [paper["title"], paper["abstract"], *paper["authors"], *paper.get("keywords", ())]
        texts[name].append(paper.get("arxiv_id") or "")
    written = "SELECT paper, headline, text, sections FROM summaries WHERE state = 'done'"
    for name, headline, text, sections in connection.execute(sa.text(written)):
        parts = json.loads(sections) if isinstance(sections, str) else sections
        texts[name] += [headline, text, *(part["text"] for part in parts or ())]
    archive = sa.table("archive", sa.column("paper", sa.String()), sa.column("words", sa.Text()))
    rows = [{"paper": name, "words": searchable(parts)} for name, parts in texts.items()]
    if rows:
        connection.execute(archive.insert(), rows)
