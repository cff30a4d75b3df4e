"""Digests in Discord's channels, and what people there say to them."""
