"""Walk over a page's article and put its text into sections and blocks. Pure, and linear in the size of the page.

No container needs to be known: text belongs to the innermost block that it stands in, and what stands in no block makes
a paragraph of its own, so that nothing is lost because a class is new. The walk does not recurse: pages can be nested
deeper than Python's stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from lxml import etree

from bot.errors import ReadingError
from bot.models import BlockKind, TextSection
from bot.reading.desk import Desk
from bot.reading.drafts import Draft
from bot.reading.frames import Frame, framed
from bot.reading.hidden import Hidden, hidden_by, look_of, spelled_invisibly
from bot.reading.maths import formula_of
from bot.reading.pictures import look_at
from bot.reading.roles import SECTIONAL, Role, role_of
from bot.words.plain import plain

ERRORS = "error"  # in `dropped`, beside the kinds of `bot.reading.hidden.Hidden`
MOST_STEPS = 1_000_000  # to elements and back; a thesis of 3 MB takes a tenth
_LONGEST_SIGN = 20  # characters of a drawing that stands within a sentence, such as a number in a circle


@dataclass(frozen=True, slots=True)
class Article:
    """What was read. `dropped` counts pieces by kind."""

    title: str
    sections: tuple[TextSection, ...]
    references: tuple[str, ...]
    dropped: Counter[str]


def read_article(root: etree._Element) -> Article:
    """Return the text within an element. Raises ReadingError `reading.too_many`."""
    walk = _Walk(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    for step, (event, element) in enumerate(walker):
        if step > MOST_STEPS:
            raise ReadingError("reading.too_many")
        if event == "end":
            walk.end(element)
            if element is not root:
                walk.text(element.tail)
        elif element is root or walk.start(element):
            walk.text(element.text)
        else:
            walker.skip_subtree()
    return walk.finish()


class _Walk:
    def __init__(self, root: etree._Element) -> None:
        self._title = ""
        self._desk = Desk()
        self._dropped: Counter[str] = Counter()
        self._frames = [Frame(root)]
        self._openers: dict[Role, Callable[[Frame], object]] = {
            Role.SECTION: self._open_section,
            Role.TITLE: self._open_title,
            Role.NOTE: partial(self._open_draft, kind=BlockKind.NOTE, done=self._desk.lift),
            Role.CAPTION: partial(self._open_draft, kind=BlockKind.CAPTION, done=self._desk.hand_over),
            Role.LABEL: self._open_label,
            Role.ENTRY: partial(self._open_draft, kind=BlockKind.PARAGRAPH, done=self._desk.refer),
            Role.CELL: self._open_cell,
            Role.PICTURE: self._open_picture,
            Role.ROW: self._open_row,
            Role.FORMULA: self._open_row,
            Role.CODE: self._open_row,
            Role.CONTENTS: self._open_row,
        }

    def start(self, element: etree._Element) -> bool:
        """Open an element. Returns False where nothing within it is to be read."""
        role, classes = role_of(element)
        if role is Role.SKIPPED:
            return False
        around = self._frames[-1].look
        hidden = hidden_by(element, classes, around)
        if role is Role.MATH and not hidden:
            formula, unseen = formula_of(element)
            if formula:
                self._draft.add_formula(formula)
            if unseen:
                self._dropped[Hidden.HIDDEN.value] += unseen
            return False
        why = ERRORS if role is Role.ERROR else hidden and hidden.value
        if why:
            if any(text.strip() for text in element.itertext()):
                self._dropped[why] += 1
            return False
        if role is Role.BLOCK and "ltx_p" in classes and self._frames[-1].in_paragraph and element.tag == "span":
            role = Role.SPACED  # scaled or turned words of a sentence
        if role is not Role.INLINE or look_of(element, around) != around:
            self._open(element, role, classes)
        elif (element.tag == "sup" or "ltx_sup" in classes) and _is_number(element.text):
            self._draft.raise_number()
        return True

    def text(self, text: str | None) -> None:
        if text:
            if not text.isascii() or not text.replace("\n", "").isprintable():
                if spelled := spelled_invisibly(text):
                    self._dropped[Hidden.HIDDEN.value] += spelled
                text = plain(text)
            self._draft.add(text)

    def end(self, element: etree._Element) -> None:
        frame = self._frames[-1]
        if frame.element is element and len(self._frames) > 1:
            if frame.close:
                frame.close()
            self._frames.pop()

    def finish(self) -> Article:
        outline = self._desk.finish()
        return Article(self._title, outline.sections(), tuple(outline.references), self._dropped)

    @property
    def _draft(self) -> Draft:
        return self._desk.draft

    def _flush(self) -> None:
        """End the paragraph of the text that stands in no closed draft."""
        self._desk.flush(self._frames[-1].id, self._frames[-1].anchor)

    def _open(self, element: etree._Element, role: Role, classes: frozenset[str]) -> None:
        self._boundary(element, role)
        frame = framed(element, role, classes, self._frames[-1])
        frame.close = lambda: self._boundary(element, role)
        self._frames.append(frame)
        if opener := self._openers.get(role):
            opener(frame)

    def _boundary(self, element: etree._Element, role: Role) -> None:
        """Keep what is in an element apart from what is beside it."""
        draft = self._draft
        if role in (Role.INLINE, Role.NOTE, Role.LABEL, Role.PICTURE):
            return
        if draft.by_line and (role is not Role.SPACED or element.tag == "br"):
            draft.new_line()
        elif draft.closed or role is Role.SPACED:
            draft.space()
        else:
            self._flush()

    def _open_draft(self, frame: Frame, kind: BlockKind, done: Callable[[Draft], None]) -> Draft:
        """Take everything within the element into one draft, and hand that over at the element's end."""
        draft = self._desk.begin(Draft(kind, frame.id, frame.anchor))
        frame.close = lambda: done(self._desk.end())
        return draft

    def _open_section(self, frame: Frame) -> None:
        if self._draft.closed:  # headings in a box within a table
            return
        kind = min(frame.classes & SECTIONAL).removeprefix("ltx_")
        title = "Abstract" if kind == "abstract" else ""
        name = frame.element.get("id") or kind
        self._desk.outline.open(name, title=title, bibliography="ltx_bibliography" in frame.classes)

        def close() -> None:
            self._flush()
            self._desk.outline.close()

        frame.close = close

    def _open_title(self, frame: Frame) -> None:
        around = self._frames[-2]

        def done(draft: Draft) -> None:
            if self._draft.closed:
                self._desk.lift(draft)
            elif around.role is Role.SECTION:
                self._desk.outline.entitle(draft.text)
                self._desk.outline.write(draft.after)
            elif "ltx_title_document" in frame.classes and not self._title:
                self._title = draft.text
                self._desk.outline.entitle(self._title)
                self._desk.outline.write(draft.after)
            else:
                self._desk.keep_label(draft)

        if not self._draft.closed:
            self._open_draft(frame, BlockKind.PARAGRAPH, done)

    def _open_row(self, frame: Frame) -> None:
        if self._draft.closed:
            return
        kind = {Role.CODE: BlockKind.CODE, Role.FORMULA: BlockKind.FORMULA}.get(frame.role, BlockKind.ROW)
        draft = self._open_draft(frame, kind, self._desk.hand_over)
        draft.by_line = frame.role in (Role.CODE, Role.CONTENTS)
        draft.preformatted = frame.element.tag == "pre" or "ltx_verbatim" in frame.classes
        draft.display = "ltx_equation" in frame.classes

    def _open_cell(self, frame: Frame) -> None:
        draft = self._draft
        if draft.kind is not BlockKind.ROW or draft.in_cell:
            return
        draft.new_cell()
        draft.in_cell = True

        def close() -> None:
            draft.in_cell = False

        frame.close = close

    def _open_label(self, frame: Frame) -> None:
        if not self._draft.closed:
            self._open_draft(frame, BlockKind.PARAGRAPH, self._desk.keep_label)

    def _open_picture(self, frame: Frame) -> None:
        if frame.in_picture:
            return
        frame.in_picture = True
        picture = look_at(frame.element)
        frame.look = replace(frame.look, on_colour=frame.look.on_colour or picture.painted)
        if picture.is_prose and not self._draft.closed:
            self._flush()
            frame.close = self._flush
            return

        def done(draft: Draft) -> None:
            if len(draft.text) <= _LONGEST_SIGN and not (self._draft.is_empty and not self._draft.closed):
                self._draft.add(f" {draft.text} ")
                self._draft.after += draft.after
            else:
                self._desk.lift(draft)

        self._open_draft(frame, BlockKind.ROW, done)


def _is_number(text: str | None) -> bool:
    return text is not None and text.strip().lstrip("+-−").isdigit()
