"""What a walk over a page writes to: a stack of open drafts, and the outline of finished blocks. Pure."""

from __future__ import annotations

from bot.reading.drafts import Draft
from bot.reading.outline import Outline


class Desk:
    """The innermost draft takes the text. The outermost one is never closed: it takes what stands in no other."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._drafts = [Draft(closed=False)]
        self._labels: list[str] = []  # of a list item or a theorem, until its text comes

    @property
    def draft(self) -> Draft:
        return self._drafts[-1]

    def begin(self, draft: Draft) -> Draft:
        self._drafts.append(draft)
        return draft

    def end(self) -> Draft:
        """Take the innermost draft, for one of the methods below."""
        return self._drafts.pop()

    def flush(self, name: str, anchor: str) -> None:
        """End the paragraph in the outermost draft; it stood in the element of that name."""
        draft = self._drafts.pop()
        self._drafts.append(Draft(closed=False))
        draft.id, draft.anchor = name, anchor
        self.hand_over(draft)

    def hand_over(self, draft: Draft) -> None:
        """Write a finished draft into the outline, or leave it to the closed draft around it."""
        if self.draft.closed:
            self.lift(draft)
            return
        label = ""
        if self._labels and not draft.is_empty and not draft.by_line:
            label = self._taken()
        finished = draft.finished(label)
        self.outline.write([finished, *draft.after] if finished else draft.after)

    def lift(self, draft: Draft) -> None:
        """Put a finished draft behind the one around it."""
        finished = draft.finished()
        self.draft.after += [finished, *draft.after] if finished else draft.after

    def keep_label(self, draft: Draft) -> None:
        """Keep the number of an item, or the name of a theorem, for the text that it belongs to."""
        if not draft.is_empty:
            self._labels.append(draft.text)
        self.draft.after += draft.after

    def refer(self, draft: Draft) -> None:
        """Add an entry of the bibliography."""
        self.outline.refer(draft.text)
        self.draft.after += draft.after

    def finish(self) -> Outline:
        """Write what is left, and return everything."""
        self.flush("", "")
        if self._labels:
            self.draft.add(self._taken())
            self.flush("", "")
        return self.outline

    def _taken(self) -> str:
        label = " ".join(self._labels)
        self._labels.clear()
        return label
