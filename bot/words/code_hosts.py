"""Where a paper and its code are: a page to open, or only the name of a host. Pure.

A source passes on whatever address an author typed. A button hides where it leads, so only well-known hosts of code get
one, and only under their own names, letter by letter.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.words.plain import web_link

_HOSTS = frozenset(
    "bitbucket.org codeberg.org git.sr.ht gist.github.com gitee.com github.com gitlab.com hg.sr.ht huggingface.co"
    " kaggle.com sr.ht www.bitbucket.org www.github.com www.gitlab.com www.huggingface.co www.kaggle.com".split()
)
_PAPER_HOSTS = frozenset(
    "arxiv.org www.arxiv.org doi.org dx.doi.org semanticscholar.org www.semanticscholar.org huggingface.co"
    " www.huggingface.co alphaxiv.org www.alphaxiv.org openreview.net aclanthology.org www.aclweb.org".split()
)
_ALPHAXIV = frozenset({"alphaxiv.org", "www.alphaxiv.org"})
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")


def code_page(url: str) -> str:
    """Return the address if its host is one of the known ones; empty for any other, or with a port or a name in it."""
    return _at(url, _HOSTS)


def paper_page(url: str) -> str:
    """Return the address as `code_page` does, if its host is known for papers or for code."""
    return _at(url, _PAPER_HOSTS | _HOSTS)


def alphaxiv_page(*urls: str) -> str:
    """Return the first of the addresses that is alphaXiv's, empty if none is."""
    return next(filter(None, (_at(url, _ALPHAXIV) for url in urls)), "")


def _at(url: str, hosts: frozenset[str]) -> str:
    link = web_link(url) or ""
    return link if link and urlsplit(link).netloc.lower() in hosts else ""


def code_host(url: str) -> str:
    """Return the host of a web address in ASCII, with its port if it has one; empty if there is none to be sure of.

    A name with other letters comes in the form in which it is looked up (`xn--…`), so it looks like no other one.
    """
    if "\\" in url or not url.isprintable():
        return ""  # browsers and parsers do not agree on where such an address leads
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return host + port if parts.scheme in ("http", "https") and _HOST.fullmatch(host) else ""
