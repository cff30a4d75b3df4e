"""The room taste."""
