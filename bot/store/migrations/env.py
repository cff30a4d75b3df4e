"""How Alembic runs here: on the connection that `bot.store.migrate` hands over, inside its transaction.

A new revision is a file in `versions`, written by hand from the one before, whose number goes to the end of
`bot.store.migrate.REVISIONS`; `tests/store/test_migrate.py` says what it lacks.
"""

from __future__ import annotations

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # Alembic assumes that SQLite cannot, but our connections begin properly
)
context.run_migrations()
