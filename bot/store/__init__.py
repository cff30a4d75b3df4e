"""What is remembered: one SQL database, on SQLite or PostgreSQL."""
