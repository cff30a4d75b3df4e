"""The room delivery."""
