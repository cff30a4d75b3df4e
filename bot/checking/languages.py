"""How much of the check a language gets. What is promised stands in docs/languages.md; tests hold each promise."""

from __future__ import annotations

from enum import StrEnum

from bot.checking.text import base


class Promise(StrEnum):
    """How well the check knows a language; the value is the last part of the sentence that says so."""

    WHOLE = "whole"  # everything: figures in digits and in words, names, topic, orders, completeness
    FIGURES = "figures"  # figures in digits with their units, Latin names, addresses, completeness
    PARTS = "parts"  # the language's letters, figures in digits as CLDR writes them, Latin names, addresses


_WHOLE = frozenset({"ja", "en"})
_FIGURES = frozenset({"de", "es", "fr", "it", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "vi", "zh"})


def promised(tag: str) -> Promise:
    """Return what the check promises for the language of a BCP 47 tag."""
    language = base(tag)
    if language in _WHOLE:
        return Promise.WHOLE
    return Promise.FIGURES if language in _FIGURES else Promise.PARTS
