"""The OAuth scopes that the app asks for; `manifest.yaml` explains each."""

from __future__ import annotations

BOT = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands", "files:write",
    "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "reactions:read",
    "reactions:write", "users:read",
)  # fmt: skip
# Without these no digest is sent; each of the others only costs what it is for.
ESSENTIAL = frozenset(("chat:write",))
