"""What has no business in a summary: links, mentions, orders to the reader or a model, hidden characters, markup."""

# A pattern that is broken over lines is harder to read than a long one.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from bot.checking.addresses import address_findings, mention_findings
from bot.checking.hidden import visible
from bot.checking.orders import order_findings, stamp_findings
from bot.checking.text import URL, plain, sentences
from bot.models import Finding, FindingKind

_TAG = re.compile(r"<!--|-->|<\?[a-z]|</?[a-z][a-z0-9-]*(?:\s[^<>]{0,300})?/?>|<!\[CDATA\[", re.IGNORECASE | re.ASCII)
_ROLE = re.compile(
    r"<\|[a-z_ ]{2,40}\|>|\[/?INST\]|<</?SYS>>|(?:^|\n|[.!?。])\s*(?:#{2,}\s*)?(?:system|user|assistant|human)\s*:|(?:^|\n)\s*#{1,6}\s*instructions?\b",
    re.IGNORECASE | re.ASCII,
)
_MARKUP = re.compile(r"```|~~~|\{\{[<%]|[>%]\}\}|(?:^|\n)\s*(?:---|\+\+\+)\s*(?:\n|$)|(?:^|\n)#{1,6}\s|^\s*[\[{]\s*\"")


def intrusion_findings(title: str, source: str, text: str) -> Iterator[Finding]:
    """Yield LINK, MENTION, INSTRUCTION and MALFORMED, whatever the source says.

    `source` is the title and the text. A title may speak to its readers; marks of a language or of a model that are its subject (`<think>`) may stay.
    """
    shown = visible(unicodedata.normalize("NFKC", html.unescape(text)))
    known = unicodedata.normalize("NFKC", html.unescape(source))
    yield from _markup(shown, known)
    yield from mention_findings(shown)
    yield from address_findings(shown)
    prose = plain(URL.sub(" ", shown))
    yield from order_findings(plain(title), prose)
    yield from stamp_findings(source, text)


def _markup(text: str, source: str) -> Iterator[Finding]:
    for match in _ROLE.finditer(text):
        if match[0].strip() not in source:
            yield Finding(FindingKind.INSTRUCTION, match[0].strip())
    for match in _TAG.finditer(text):
        if match[0] not in source and not match[0].startswith(("<@", "<!")):
            yield Finding(FindingKind.MALFORMED, match[0][:80])
    for match in _MARKUP.finditer(text):
        if match[0].strip() not in source:
            yield Finding(FindingKind.MALFORMED, match[0].strip() or "markup")
    told = [s for s in sentences(plain(text)) if len(s) > 12]
    for sentence in dict.fromkeys(told):
        if told.count(sentence) > 2:
            yield Finding(FindingKind.MALFORMED, f"said {told.count(sentence)} times: {sentence[:60]}")
