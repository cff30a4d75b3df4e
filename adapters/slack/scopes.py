"""The OAuth scopes that the app asks for; `manifest.yaml` explains each."""

from __future__ import annotations

BOT = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
    "groups:history", "groups:read", "im:history", "im:write", "reactions:read", "reactions:write", "users:read",
)  # fmt: skip
# Optional: without these, a message whose answer was lost cannot be looked up.
HELPFUL = frozenset(("channels:history", "groups:history", "im:history", "im:write", "channels:join"))
