"""TeX as it stands in titles, abstracts and names: found in prose, read as Unicode text, or kept as TeX. Pure.

Sources pass on what authors typed, and nobody compiles it: `A\\textsuperscript{2}FM`, `94.5\\%`, `$\\ell_1$`.
"""

from __future__ import annotations

from bot.tex.scripts import subscript, superscript
from bot.tex.signs import Kind, Token
from bot.tex.tokens import readable, tokens

__all__ = ["Kind", "Token", "readable", "subscript", "superscript", "tokens"]
