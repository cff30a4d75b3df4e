"""Titles with TeX are found and merged by what they say: `A$^2$FM` as A²FM."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.models import PaperId, normalised_title
from bot.store.identity import SHORTEST_TELLING_TITLE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PAPERS = sa.table(
    "papers", sa.column("id", sa.String()), sa.column("title_key", sa.Text()), sa.column("record", sa.JSON())
)
_KEYS = sa.table("paper_keys", sa.column("key", sa.Text()), sa.column("paper", sa.String()))


def upgrade() -> None:
    connection = op.get_bind()
    title = _PAPERS.c.record["title"].as_string()
    changed = [
        (row.id, row.title, normalised_title(row.title))
        for row in connection.execute(sa.select(_PAPERS.c.id, _PAPERS.c.title_key, title.label("title")))
        if row.title and normalised_title(row.title) != row.title_key
    ]
    for paper, text, title_key in changed:
        connection.execute(sa.update(_PAPERS).where(_PAPERS.c.id == paper).values(title_key=title_key))
        key = str(PaperId.title(text))
        taken = connection.execute(sa.select(_KEYS.c.paper).where(_KEYS.c.key == key)).first()
        # Where another paper has the key, the two are told apart or folded when either is next saved.
        if len(title_key) >= SHORTEST_TELLING_TITLE and taken is None:
            connection.execute(sa.insert(_KEYS).values(key=key, paper=paper))
