"""Column types for our values, the same on every database.

Values come back as they went in, with two exceptions: instants come back in UTC, and characters that UTF-8 or
PostgreSQL cannot hold come back as U+FFFD.
"""

# ruff: noqa: ARG002 (SQLAlchemy passes the dialect to every conversion, and ours are the same on all of them)

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
    """Replace characters that a database cannot hold with U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


class CleanText(TypeDecorator[str]):
    """Text from outside; see `clean`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Named(TypeDecorator[T]):
    """A value with a name: stores `str(value)`, and reads it back with `parse`."""

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
    """An instant. Raises ValueError for one without a time zone, because it is ambiguous."""

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
        # SQLite stores no zone; instants are written there in UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def plain(value: object) -> Any:
    """Return one of our frozen values as plain JSON types."""
    return msgspec.to_builtins(value, str_keys=True)


def frozen(value: object, kind: type[T] | Any) -> T:
    """Return the value of that kind: the inverse of `plain`.

    A field that was unknown when the value was written gets its default; one that no longer exists is ignored. Raises
    ValueError if the value does not fit the kind.
    """
    try:
        converted: T = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    return converted


class Document(TypeDecorator[T]):
    """One of our frozen values, stored whole as JSON; see `frozen`."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[T] | Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else plain(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else frozen(value, self.kind)
