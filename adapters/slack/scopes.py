"""What the app may do in a workspace; `manifest.yaml` says what each of them is for."""

from __future__ import annotations

BOT = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
    "groups:history", "groups:read", "im:history", "im:write", "reactions:read", "reactions:write", "users:read",
)  # fmt: skip
# Without them it works, only less well: a message whose answer was lost cannot be looked up.
HELPFUL = frozenset(("channels:history", "groups:history", "im:history", "im:write", "channels:join"))
