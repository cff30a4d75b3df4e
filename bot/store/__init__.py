"""Everything the bot remembers, in one SQL database on SQLite or PostgreSQL."""
