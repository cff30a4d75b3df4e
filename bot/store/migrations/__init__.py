"""Revisions of the tables, run in-process by `bot.store.migrate` when a database is opened."""
