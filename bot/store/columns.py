"""How our values look in a column, on every database alike.

What comes back is what went in, with two exceptions: an instant comes back in UTC, and characters that UTF-8 or
PostgreSQL cannot hold come back as U+FFFD.
"""

# ruff: noqa: ARG002 (SQLAlchemy hands every conversion the dialect, and ours are the same on all of them)

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import JSON, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

# `json.loads` gives lone surrogates for "\ud800", and PostgreSQL's text has no NUL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text as a database can hold it."""
    return _UNSTORABLE.sub("\ufffd", text)


class CleanText(TypeDecorator[str]):
    """Text from outside; see `clean`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Named(TypeDecorator[T]):
    """A value that has a name: `str(value)` is stored, `parse` is its inverse."""

    impl = String
    cache_ok = True

    def __init__(self, parse: Callable[[str], T]) -> None:
        super().__init__()
        self.parse = parse

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(str(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        return None if value is None else self.parse(value)


class UtcTime(TypeDecorator[datetime]):
    """An instant. Refuses one without a time zone (ValueError), because nobody can say when that is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"an instant without a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite stores no zone, and what is stored there was written in UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def plain(value: object) -> Any:
    """One of our frozen values as what JSON has."""
    return msgspec.to_builtins(value, str_keys=True)


def frozen(value: object, kind: type[T] | Any) -> T:
    """The inverse of `plain`. A field that the value did not have when it was written gets its default; a field that
    it no longer has is ignored. Raises ValueError for what is none of the kind."""
    try:
        found: T = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    return found


class Document(TypeDecorator[T]):
    """One of our frozen values, whole, as JSON; see `frozen`."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[T] | Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else plain(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else frozen(value, self.kind)
