"""Alembic's environment: runs on the connection that `bot.store.migrate` passes in, inside its transaction.

Write a new revision by hand in `versions`, based on the previous one, and append its number to
`bot.store.migrate.REVISIONS`; `tests/store/test_migrate.py` reports what it lacks.
"""

from __future__ import annotations

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # Alembic assumes that SQLite has none, but our connections start transactions properly
)
context.run_migrations()
