"""What is read of an answer before its body: how it is packed, where it leads, and its dates. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

# Packed once in one of these, a piece off the wire of 64 kB becomes 64 MB at most, which a limit on the whole body
# then ends. Packed twice it could be any size.
_PACKINGS = frozenset({"", "identity", "gzip", "deflate"})


def is_safely_packed(content_encoding: str) -> bool:
    """Return whether a body with this `Content-Encoding` cannot fill the memory with its first piece."""
    return content_encoding.strip().lower() in _PACKINGS


def is_same_site(url: str, other: str) -> bool:
    """Return whether the two addresses are on one host, or on hosts of one domain (`a.example.org`, `example.org`).

    The second must not be less safe than the first. Other hosts, among them all of a private network, are not where a
    source's answer may send a request.
    """
    try:
        one, two = urlsplit(url), urlsplit(other)
        hosts = one.hostname or "", two.hostname or ""
        ports = one.port, two.port
    except ValueError:
        return False
    if not all(hosts) or two.scheme not in ("https", one.scheme) or two.scheme not in ("http", "https"):
        return False
    if hosts[0] == hosts[1]:
        return ports[0] == ports[1] or one.scheme != two.scheme
    domains = [host.split(".")[-2:] for host in hosts]
    return domains[0] == domains[1] and len(domains[0]) == 2 and not domains[0][1].isdigit() and ports[1] is None


def http_date(text: str) -> datetime | None:
    """Return the instant of a header such as `Date`, in UTC; None for a text that is none."""
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
