"""The room summaries."""
