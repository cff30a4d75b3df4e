"""One piece of TeX, parsed by pylatexenc, as Unicode text.

pylatexenc's own writer to text is made for whole documents (it writes `ℓ_1`, `<cit.>`, and drops macros that it does
not know), so only its parser and its tables of symbols are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from pylatexenc import latex2text, latexwalker  # type: ignore[import-untyped]  # it brings no types
from pylatexenc.macrospec import (  # type: ignore[import-untyped]  # it brings no types
    LatexContextDb,
    MacroSpec,
    MacroStandardArgsParser,
    SpecialsSpec,
    std_macro,
)

from bot.tex.groups import DEEPEST, Groups
from bot.tex.scripts import ACCENTS, ALPHABETS, accented, styled, subscript, superscript

LONGEST = 600  # characters of one piece

_FUNCTIONS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min"
    " Pr sec sin sinh sup tan tanh mod bmod argmax argmin".split()
)
# Their argument is shown as it is.
_PLAIN = frozenset(
    "mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb text textrm textbf textit texttt textsf textsc"
    " textnormal emph mbox hbox underline operatorname underbrace overbrace ensuremath boxed mathop mathbin mathrel"
    " substack phantomsection".split()
)
_NOTHING = frozenset(
    "displaystyle textstyle scriptstyle limits nolimits bf it rm em sf tt sc xspace protect noindent left right middle"
    " big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr ! / -".split()
)
_SIGNS = {
    "neq": "≠", "ne": "≠", "square": "□", "Box": "□", "checkmark": "✓", "colon": ":", "lbrace": "{", "rbrace": "}",
    "|": "‖", "Vert": "‖", "vert": "|", "mid": "|", "sim": "~", "setminus": "∖", "backslash": "\\",
    "textbackslash": "\\",
    "degree": "°", "textdegree": "°", "celsius": "°C", "prime": "′", "ast": "*", "star": "⋆", "circ": "∘", "top": "⊤",
    "R": "ℝ", "N": "ℕ", "Z": "ℤ", "E": "𝔼", "micro": "µ", "quad": " ", "qquad": " ", ",": " ", ";": " ", ":": " ",
    ">": " ", " ": " ", "\\": " ", "newline": " ", "textasciitilde": "~", "textasciicircum": "^", "LaTeX": "LaTeX",
    "TeX": "TeX", "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "lVert": "‖", "rVert": "‖",
    "lvert": "|", "rvert": "|", "implies": "⇒", "iff": "⇔", "varnothing": "∅", "dots": "…", "ldots": "…", "cdots": "⋯",
    "textgreater": ">", "textless": "<", "textbar": "|", "textunderscore": "_", "euro": "€", "texteuro": "€",
    "pounds": "£", "textsterling": "£", "textmu": "µ", "texttimes": "×", "textpm": "±", "textminus": "−",
    "texttildelow": "~", "textquotesingle": "'",
}  # fmt: skip
_BINARY = {"frac": "/", "dfrac": "/", "tfrac": "/", "nicefrac": "/", "sfrac": "/", "cfrac": "/"}
_LAST_ARGUMENT = frozenset({"overset", "underset", "stackrel", "textcolor", "colorbox", "href"})
_ONE_ARGUMENT = (
    _PLAIN
    | ALPHABETS
    | {name for name in ACCENTS if len(name) > 1}
    | {"pmod", "sqrt", "textsuperscript", "textsubscript"}
)
_TWO_ARGUMENTS = _LAST_ARGUMENT | set(_BINARY) | {"binom"}
_COMPOUND = re.compile(r"[^\w.′]")


class Unreadable(Exception):
    """The piece is too long, too deep, or not TeX."""


@lru_cache(maxsize=2048)
def read(tex: str) -> str:
    """Return a formula without its dollars, or a command with its arguments, as text. Raises Unreadable."""
    if len(tex) > LONGEST or _depth(tex) > DEEPEST or not Groups.balanced(tex):
        raise Unreadable
    # A percent sign begins a comment in a document; here it is one that the author forgot to escape.
    safe = re.sub(r"(?<!\\)((?:\\\\)*)%", r"\1\\%", tex)
    try:
        nodes, _, _ = latexwalker.LatexWalker(safe, latex_context=_context()).get_latex_nodes()
        return " ".join(_joined(nodes).split())
    except (latexwalker.LatexWalkerError, ValueError, IndexError, TypeError, AttributeError, KeyError, RecursionError):
        raise Unreadable from None


def symbol(name: str) -> str | None:
    """Return what a macro without arguments stands for; None for one that nobody knows."""
    if name in _SIGNS:
        return _SIGNS[name]
    if name in _FUNCTIONS:
        return name
    found = getattr(_symbols().get_macro_spec(name), "simplify_repl", None)
    return found if isinstance(found, str) and found and "%" not in found else None


def is_known(name: str) -> bool:
    """Return whether the macro is one that TeX documents have, and that only prints something."""
    return name in _NOTHING or name in ACCENTS or bool(arguments_of(name)) or symbol(name) is not None


def arguments_of(name: str) -> int:
    """Return how many groups follow the macro; 0 for a symbol, and for one that nobody knows."""
    return 2 if name in _TWO_ARGUMENTS else int(name in _ONE_ARGUMENT)


@cache
def _symbols() -> Any:
    return latex2text.get_default_latex_context_db()


@cache
def _context() -> LatexContextDb:
    own: list[MacroSpec] = [std_macro(name, name == "sqrt", 1) for name in sorted(_ONE_ARGUMENT)]
    own += [std_macro(name, False, 2) for name in sorted(_TWO_ARGUMENTS)]
    own += [std_macro(name, False, 0) for name in _NOTHING | {"\\", "R", "N", "Z", "E"}]
    scripts = [SpecialsSpec(sign, args_parser=MacroStandardArgsParser("{")) for sign in "^_"]
    context = LatexContextDb()
    context.add_context_category("ours", macros=own, specials=scripts)
    known = latexwalker.get_default_latex_context_db()
    accents = [known.get_macro_spec(name) for name in ACCENTS if len(name) == 1]
    context.add_context_category("accents", macros=accents)
    context.set_unknown_macro_spec(MacroSpec(""))
    return context


def _depth(tex: str) -> int:
    depth = deepest = 0
    for character in tex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    # Commands nest without braces too: `\frac\frac\frac`.
    return max(deepest, *(len(run[0]) // 6 for run in re.finditer(r"(?:\\[A-Za-z]+\s*|[\^_]){12,}", tex)), 0)


def _joined(nodes: Iterable[Any]) -> str:
    shown = ""
    drops_point = False
    for node in nodes:
        if node is None:
            continue
        piece = _shown(node)
        if drops_point and piece.startswith("."):
            piece = piece[1:]  # the invisible delimiter of `\left.`
        name = getattr(node, "macroname", "")
        drops_point = name in ("left", "right")
        if name in _FUNCTIONS:
            if shown[-1:].isalnum():
                piece = f" {piece}"
            if _blank_after(node):
                piece += " "
        elif _blank_after(node) and shown[-1:].isspace():
            # After a command a blank only ends its name, but `a \le b` was typed with room around the sign.
            piece += " " if piece else ""
        shown += piece
    return shown


def _blank_after(node: Any) -> bool:
    """Return whether a blank ends the node's name, or that of the command which is its argument."""
    if getattr(node, "macro_post_space", ""):
        return True
    given = list(node.nodeargd.argnlist) if getattr(node, "nodeargd", None) else [None]
    return bool(given) and bool(getattr(given[-1], "macro_post_space", ""))


def _shown(node: Any) -> str:
    match type(node).__name__:
        case "LatexCharsNode":
            return str(node.chars).replace("~", " ").replace("&", " ")
        case "LatexGroupNode":
            inner = _joined(node.nodelist)
            opening = node.delimiters[0]
            return inner if opening == "{" else f"{opening}{inner}{node.delimiters[1]}"
        case "LatexMathNode":
            return _joined(node.nodelist)
        case "LatexMacroNode":
            return _macro(node)
        case "LatexSpecialsNode":
            raised = superscript if node.specials_chars == "^" else subscript
            return raised(_arguments(node)[0]) if node.specials_chars in "^_" else str(node.specials_chars)
        case "LatexEnvironmentNode":
            return _joined(node.nodelist)
        case _:
            return ""


def _macro(node: Any) -> str:
    name, given = node.macroname, _arguments(node)
    last = given[-1] if given else ""
    if name in _NOTHING:
        return ""
    if name in ALPHABETS:
        return styled(last, name)
    if name in ACCENTS and given:
        return accented(last, name)
    if name in _BINARY:
        return f"{_grouped(given[0])}{_BINARY[name]}{_grouped(last)}"
    special: dict[str, Callable[[], str]] = {
        "sqrt": lambda: f"{superscript(given[0]) if given[0] else ''}√{_grouped(last)}",
        "binom": lambda: f"({given[0]} choose {last})",
        "pmod": lambda: f" (mod {last})",
        "textsuperscript": lambda: superscript(last),
        "textsubscript": lambda: subscript(last),
    }
    if name in special:
        return special[name]()
    if name in _PLAIN or name in _LAST_ARGUMENT:
        return last
    found = symbol(name)
    return found if found is not None else name


def _arguments(node: Any) -> list[str]:
    """Return the arguments as text; those left out are empty."""
    nodes = node.nodeargd.argnlist if node.nodeargd else ()
    return [_joined(one.nodelist if hasattr(one, "delimiters") else [one]) for one in nodes]


def _grouped(text: str) -> str:
    return f"({text})" if _COMPOUND.search(text) else text
