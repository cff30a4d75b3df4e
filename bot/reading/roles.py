"""What the elements of a LaTeXML page are, by their classes. Pure.

Class names are an open set (`ltx_theorem_lemma`, `ltx_bib_author`), and a class may stand on a `div`, `span` or table
cell alike, so only those named here mean something. Every other element is part of what it stands in.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache

from lxml import etree


class Role(Enum):
    """What an element does to the text within it."""

    INLINE = auto()  # part of the text around it
    SPACED = auto()  # the same, with blanks around it
    BLOCK = auto()  # stands alone
    SKIPPED = auto()  # no text of the paper: buttons, scripts, marks of notes
    ERROR = auto()  # what LaTeXML could not convert
    MATH = auto()
    FORMULA = auto()  # a row of a display
    NOTE = auto()
    SECTION = auto()
    TITLE = auto()
    CAPTION = auto()
    ROW = auto()
    CELL = auto()
    CODE = auto()
    LINE = auto()  # of code or of a table of contents
    LABEL = auto()  # a list item's "1." or term
    ENTRY = auto()  # of the bibliography
    CONTENTS = auto()  # the paper's own table of contents
    PICTURE = auto()


SECTIONAL = frozenset(
    f"ltx_{name}"
    for name in """part chapter section subsection subsubsection paragraph subparagraph appendix abstract
    acknowledgements acknowledgement bibliography index glossary""".split()
)
# Elements with an id worth linking to, from which the blocks within them take their anchor.
ANCHORS = (
    frozenset(
        f"ltx_{name}"
        for name in """para figure table float equation equationgroup item note theorem proof listing algorithm bibitem
    abstract""".split()
    )
    | SECTIONAL
)

_LONGEST = 1_000  # characters of the names of an element's classes

_BY_CLASS = {
    Role.SKIPPED: """ltx_note_mark ltx_note_type ltx_tag_note ltx_role_newpage ltx_pagination ltx_listing_data
        ltx_page_logo ltx_LaTeXML_logo ltx_page_footer ltx_page_header ltx_page_navbar""",
    Role.ERROR: "ltx_ERROR ltx_FATAL ltx_WARNING ltx_INFO",
    Role.MATH: "ltx_Math ltx_math",
    Role.NOTE: "ltx_note",
    Role.SECTION: " ".join(SECTIONAL),
    Role.TITLE: "ltx_title",
    Role.CAPTION: "ltx_caption",
    Role.FORMULA: "ltx_eqn_row",
    Role.ROW: "ltx_tr",
    Role.CELL: "ltx_td ltx_th",
    Role.CONTENTS: "ltx_TOC",
    Role.CODE: "ltx_listing ltx_verbatim ltx_lstlisting",
    Role.LINE: "ltx_listingline ltx_tocentry",
    Role.LABEL: "ltx_tag_item",
    Role.ENTRY: "ltx_bibitem",
    Role.BLOCK: """ltx_p ltx_para ltx_figure ltx_table ltx_float ltx_equation ltx_equationgroup ltx_eqn_table
        ltx_tabular ltx_item ltx_itemize ltx_enumerate ltx_description ltx_theorem ltx_proof ltx_quote
        ltx_minipage ltx_block ltx_logical-block ltx_framed ltx_creator ltx_authors ltx_keywords ltx_classification
        ltx_dates ltx_date
        ltx_subtitle ltx_indexentry ltx_glossaryentry ltx_figure_panel ltx_flex_cell
        ltx_flex_figure ltx_pubnotes ltx_algorithm ltx_rdf ltx_documentinfo""",
    Role.SPACED: """ltx_inline-block ltx_transformed_outer ltx_transformed_inner ltx_personname ltx_author_before
        ltx_author_after ltx_author_notes ltx_contact ltx_tag_bibitem ltx_bibblock ltx_tag_equation ltx_tag_listingline
        ltx_eqn_cell ltx_eqn_eqno ltx_bib_cited ltx_break ltx_rule ltx_tag_part ltx_tag_chapter ltx_tag_section
        ltx_tag_subsection ltx_tag_subsubsection ltx_tag_paragraph ltx_tag_appendix ltx_affiliation_department
        ltx_affiliation_institution ltx_affiliation_city ltx_affiliation_state ltx_affiliation_country""",
}
_ROLES = {name: role for role, names in _BY_CLASS.items() for name in names.split()}
# Of several classes the role that stands first here counts.
_ORDER = {role: place for place, role in enumerate(_BY_CLASS)}

_BY_TAG = {
    Role.SKIPPED: """script style button template noscript head iframe object embed textarea select datalist audio video
        canvas map defs desc metadata clippath rp""",
    Role.MATH: "math",
    Role.CAPTION: "figcaption caption",
    Role.ROW: "tr",
    Role.CELL: "td th foreignobject text",
    Role.CODE: "pre",
    Role.PICTURE: "svg",
    Role.BLOCK: """p div section article aside header footer main nav figure table blockquote ul ol dl li dt dd address
        details summary fieldset form h1 h2 h3 h4 h5 h6 hr center""",
    Role.SPACED: "br wbr img tbody thead tfoot colgroup",
}
_INLINE_CODE = frozenset("code span samp tt kbd".split())
_TAGS = {name: role for role, names in _BY_TAG.items() for name in names.split()}


def role_of(element: etree._Element) -> tuple[Role, frozenset[str]]:
    """Return what an element is, by its classes, else by its tag; and the classes."""
    if not isinstance(element.tag, str):  # a comment, a processing instruction
        return Role.SKIPPED, frozenset()
    return _role(element.tag.lower(), (element.get("class") or "")[:_LONGEST])


@lru_cache(maxsize=4096)
def _role(tag: str, names: str) -> tuple[Role, frozenset[str]]:
    """A page has few kinds of elements, and many of each."""
    classes = frozenset(names.split())
    return _role_of(tag, classes), classes


def _role_of(tag: str, classes: frozenset[str]) -> Role:
    by_tag = _TAGS.get(tag, Role.INLINE)
    if by_tag in (Role.SKIPPED, Role.MATH) or (tag == "title" and not classes):  # a picture's tooltip
        return Role.SKIPPED if by_tag is not Role.MATH else by_tag
    roles = [_ROLES[name] for name in classes if name in _ROLES]
    role = min(roles, key=_ORDER.__getitem__) if roles else by_tag
    if role is Role.CODE and tag in _INLINE_CODE and "ltx_listing" not in classes:
        return Role.INLINE
    return role
