"""Texts that a chat may take for a link, and every sentence of the catalogues with them put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from bot.models import Sentence
from bot.words.words import read_catalogues

LINKLIKE = (
    "cs.AI", "stat.ML", "evil.zip", "Login.example.com/x?y=1", "a@b.co", "https://evil.example/a", "www.evil.example",
    "読む:例え.テスト", "x.com：確認", "(cs.CL)", "Node.js, Next.js と Vue.js", "A.I.dev",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
_NOT_IN_CHATS = ("cli.", "terminal.", "hugo.", "error.unforeseen")  # the last stands for codes without a sentence


def sentences(language: str) -> Iterator[Sentence]:
    """Yield every sentence that a chat may show, with one of these texts in each place for a text."""
    catalogue = read_catalogues(files("bot.words") / language, language)
    shown = {key: forms for key, forms in catalogue.items() if not key.startswith(_NOT_IN_CHATS)}
    for key, forms in shown.items():
        names = sorted({name for form in forms for name in _PLACEHOLDER.findall(form)})
        for text in LINKLIKE if names else LINKLIKE[:1]:
            yield Sentence(key, tuple((name, 2 if name == "n" else text) for name in names))
