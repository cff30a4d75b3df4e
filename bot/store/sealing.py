"""Encryption of what may not be read in the database, with keys that are derived from the installation's secret."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from bot.common.caches import Cache

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_SEALED = "sealed:"
_REMEMBERED = 20_000


def cipher(secret: bytes, purpose: str) -> Fernet:
    """Return the cipher for one purpose: each has a key of its own, so that none opens what another sealed."""
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), length=32, salt=None, info=f"kawaraban {purpose}".encode()).derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))


def is_sealed(text: str) -> bool:
    return text.startswith(_SEALED)


class Sealer:
    """Seals the ids of people who are to be written to or named, which a hash would make impossible."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = cipher(secret, "people")
        self._opened: Cache[str, str] = Cache(_REMEMBERED)

    def seal(self, text: str) -> str:
        """Return the text sealed; an empty one, and what is sealed already, stays as it is."""
        if not text or is_sealed(text):
            return text
        return _SEALED + self._cipher.encrypt(text.encode(errors="replace")).decode()

    def open(self, text: str) -> str:
        """Return what was sealed, a text that never was as it is, and "" for one sealed with another secret."""
        from cryptography.fernet import InvalidToken

        if not is_sealed(text):
            return text
        known = self._opened.get(text)
        if known is None:
            try:
                known = self._cipher.decrypt(text.removeprefix(_SEALED)).decode()
            except InvalidToken:
                known = ""
            self._opened.put(text, known)
        return known
