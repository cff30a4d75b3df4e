"""Revisions of the schema, run in-process by `bot.store.migrate` when a database is opened."""
