"""Formulas kept as TeX in documents whose reader can set them; the text around them is escaped as ever. Pure."""

from __future__ import annotations

from collections.abc import Callable

from bot.tex import Kind, Token, tokens

# Stands for a formula while the text around it is escaped. A private character, which no escape touches.
_PLACE = "\U000f0000"
# What would end a formula, or begin something else, where nobody sets it.
_FOREIGN = ("`", "&", "\n", "{{<", "{{%", "}}", r"\(", r"\)", r"\[", r"\]", "<!", "://", "@", "](", "![")


def with_formulas(text: str, escape: Callable[[str], str], written: Callable[[str], str | None]) -> str:
    """Return the text with its TeX read and escaped, but each formula as `written` gives it from the bare TeX.

    A formula is read as text like any other TeX if it has a command that does more than print or a mark of another
    language, or if `written` returns None.
    """
    formulas: list[str] = []
    pieces: list[str] = []
    for token in tokens(text.replace(_PLACE, "")):
        formula = written(token.formula.replace("<", r"\lt ").replace(">", r"\gt ")) if _can_stay(token) else None
        formulas += [formula] if formula is not None else []
        pieces.append(token.shown if formula is None else _PLACE)
    first, *rest = escape("".join(pieces)).split(_PLACE)
    if len(rest) != len(formulas):  # the escape dropped or doubled one
        return escape("".join(token.shown for token in tokens(text)))
    return first + "".join(formula + after for formula, after in zip(formulas, rest, strict=True))


def _can_stay(token: Token) -> bool:
    if token.kind is not Kind.MATH or not token.tex.startswith("$") or not token.formula.isprintable():
        return False
    return not any(mark in token.formula for mark in _FOREIGN)
