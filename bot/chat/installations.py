"""Workspaces that installed the app. Their tokens are encrypted with this installation's secret."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import SettingsError
from bot.store.sealing import cipher
from bot.store.store import Store

STATE_LASTS = timedelta(minutes=10)


class Installations:
    """The use case behind installing. `secret` encrypts the records; `clock` returns the instant, in UTC."""

    def __init__(self, store: Store, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock

    async def save(self, platform: str, workspace: str, record: str) -> None:
        """Encrypt and store the workspace's record, in its adapter's own format. Raises StoreError."""
        sealed = cipher(self._secret, "installations").encrypt(record.encode())
        await self._store.installations.save(platform, workspace, sealed, self._clock())

    async def get(self, platform: str, workspace: str) -> str | None:
        """Return the workspace's record, None if the app is not installed there.

        Raises StoreError, and SettingsError (`settings.secret_changed`) if the secret differs from the one at `save`.
        """
        from cryptography.fernet import InvalidToken

        sealed = await self._store.installations.get(platform, workspace)
        if sealed is None:
            return None
        try:
            return cipher(self._secret, "installations").decrypt(sealed).decode()
        except InvalidToken:
            raise SettingsError([("SECRET_KEY", "settings.secret_changed", "")]) from None

    async def workspaces(self, platform: str) -> tuple[str, ...]:
        """Return the workspaces that installed the app, in order. Raises StoreError."""
        return await self._store.installations.workspaces(platform)

    async def new_state(self) -> str:
        """Return an unguessable text, good for one `use_state` in any process within ten minutes. Raises StoreError."""
        state, now = secrets.token_urlsafe(32), self._clock()
        await self._store.installations.add_state(_hashed(state), now, now + STATE_LASTS)
        return state

    async def use_state(self, state: str) -> bool:
        """Use up a state. Return whether it came from `new_state`, unused and in time. Raises StoreError."""
        return await self._store.installations.use_state(_hashed(state), self._clock())


def _hashed(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
