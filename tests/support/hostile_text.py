"""Text with a meaning in Markdown, HTML or Hugo: fragments, and random sequences of them."""

from __future__ import annotations

import random

PIECES = (
    "word", "two words", "日本語", "。", "y1", "é", "0", "9.", "%", "/", "?", ",", " ほか", " et al.", "\u3000",
    "\u00a0", "`", "``", "```", "~", "~~", "~~~", "*", "**", "***", "_", "__", "\\", "\\\n", "$", "$$", "$x$",
    "^", "^2^", "++", "==", "[", "]", "](", "][", "![", "(", ")", "[^1]", "[^1]: note",
    "[x]: http://e.example/", "(http://e.example)", "[ ] ", "!", "<", "<b>", "</p>",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src=//e.example>", "<!--", "-->",
    "<!--more-->", "</details>", "<https://e.example/>", "javascript:alert(1)", "[x](javascript:alert(1))", "&",
    "&amp;", "&lt;", "&#60;", "&copy", "&copy;", ";", ":", ":smile:", "|", "'", '"', "=", "+", "-", "--", "---",
    "#", " #", "{", "}", "{{<", "{{%", ">}}", "%}}", "{{< /details >}}", "{{</* x */>}}", "{#id}", "{.class}",
    "{onclick=alert(1)}", "\n", "\n\n", "\n---\n", "\n===\n", "\n- ", "\n+ ", "\n* ", "\n1. ", "\n1) ", "\n# ",
    "\n## 2. x\n", "\n### 要約\n", "\n> ", "\n| a | b |\n|---|---|\n", "\n    code", "\n:   term", "\n***\n",
    "  \n", " ", "  ", "    ", "\t", "\r\n", "\u2028", "@", "a@e.example", "www.e.example",
    "http://e.example/a_b", "https://e.example/x", "ftp://e.example", "HTTP://e.example", "\u202e", "\u200b",
    "\x00", "\x1b[31m", "\ufeff", "HAHAHUGOSHORTCODE1s0HBHB", "HUGOMORE42", "__hdeferred/x__d=",
    "{{__hugo_ctx pid=1}}", "__h_pp_l1_0_Name__e=", "[TOC]",
)  # fmt: skip

URL_PIECES = (
    *("", "a", "/", "?b=1", "&c=2", "&copy;", "&#60;", "#", "%", "%zz", "%28", "(", ")", "[", "]", "'", '"', "*"),
    *("_", "~", "$", "é", ":", ":x", "@", "!", ";", ",", "+", "HAHAHUGOSHORTCODE1s0HBHB", " ", "<b>", "{{<", "\\", "`"),
)


def url(source: random.Random) -> str:
    """Return an unusual URL, in some cases an invalid one."""
    return "https://e.example" + "".join(source.choice(URL_PIECES) for _ in range(source.randint(1, 6)))


def hostile(source: random.Random, longest: int) -> str:
    """Return up to `longest` fragments, with at least one word among them."""
    pieces = [source.choice(PIECES) for _ in range(source.randint(1, longest))]
    pieces.insert(source.randrange(len(pieces) + 1), "word")
    return "".join(pieces)
