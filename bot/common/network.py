"""The environment's variables about the network, which every connection follows, checked before anything connects.

Otherwise each library would report a broken value on its own, without naming the variable.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.common.masking import masked

Problem = tuple[str, str, str]  # as in `bot.settings`

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_PROXY = re.compile(r"(?:https?://)?(?:[^\s/@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+)(?::(?P<port>[0-9]{1,5}))?/?")
_EXCEPTION = re.compile(r"(?:https?://)?[\w.*:/-]+|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")


def network_problems(environ: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each variable that no connection could use, in capitals or not; unset ones have none."""
    return [*_proxies(environ), *_certificates(environ)]


def _given(environ: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    return ((key, environ[key]) for key in (name, name.lower()) if environ.get(key))


def _proxies(environ: Mapping[str, str]) -> Iterator[Problem]:
    for name in _PROXIES:
        for key, value in _given(environ, name):
            match = _PROXY.fullmatch(value)
            if not match or int(match["port"] or 1) not in range(1, 65536):
                yield key, "settings.proxy", masked(value)
    for key, value in _given(environ, "NO_PROXY"):
        wrong = [one for one in map(str.strip, value.split(",")) if one and not _EXCEPTION.fullmatch(one)]
        if wrong:
            yield key, "settings.no_proxy", masked(wrong[0])


def _certificates(environ: Mapping[str, str]) -> Iterator[Problem]:
    if file := environ.get("SSL_CERT_FILE"):
        try:
            ssl.create_default_context(cafile=file)
        except (OSError, ValueError):  # SSLError is an OSError
            yield "SSL_CERT_FILE", "settings.certificates", file
    if folders := environ.get("SSL_CERT_DIR"):
        missing = [one for one in folders.split(os.pathsep) if not Path(one).is_dir()]
        if missing:
            yield "SSL_CERT_DIR", "settings.certificates_folder", missing[0]
