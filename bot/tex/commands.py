"""The commands of LaTeX that stand in prose: what each does to the text around it."""

from __future__ import annotations

import re

# These point elsewhere and print nothing that is read without the rest of the paper; one group.
CITES = re.compile(r"(?:[A-Za-z]*cite[A-Za-z]*|(?:eq|page|auto|c|C)?ref|label|vspace|hspace|thanks|index|bibliography)")
# These print nothing, with the number of their groups.
SILENT = {
    "footnotemark": 0, "input": 1, "include": 1, "includegraphics": 1, "begin": 1, "end": 1, "xspace": 0, "par": 0,
    "maketitle": 0, "protect": 0, "usepackage": 1, "emoji": 1, "relax": 0, "color": 1,
}  # fmt: skip
# Those that change what follows; a blank after one only ends its name.
SWITCHES = frozenset(
    "bf it em tt sc rm sf bfseries itshape ttfamily sffamily noindent centering tiny small large Large".split()
)
CLEAR = {
    **dict.fromkeys(
        "emph textbf textit texttt textsc textrm textsf textnormal textmd textup textsl text mbox hbox underline uline"
        " enquote mathrm mathbf mathit mathtt mathsf".split(),
        0,
    ),
    "textcolor": 1, "colorbox": 1, "href": 1, "url": 0, "texorpdfstring": 1, "footnote": 0, "hl": 0, "sout": 0,
}  # fmt: skip
# Of those, what a TeX document keeps.
KEPT = frozenset("emph textbf textit texttt textsc textrm textsf textnormal textmd textup textsl underline".split())
# Letters that have a name.
LETTERS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
