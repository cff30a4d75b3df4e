"""Measure what reading a paper keeps, and how long it takes.

    python -m bench.reading [--papers N] [--pages FOLDER] [--self-check]

Generated papers of known content: each planted sentence must be one of the text's, with formulas, rows of tables, notes
and captions, in each of arXiv's frames, and nothing of the frame or of hidden text may be in it. Real pages (the folder
`reading/html` of the shared material, or `--pages`): the letters and digits within the article that are in the text,
but for mathematics, errors of the conversion, and the marks of notes. Milliseconds are of processor time.

PDFs: see `bench.reading_pdf`; `--pages` may hold pairs of `NAME.html` and `NAME.pdf`.

`--self-check` is a fast run on generated papers that fails if a figure is out of bounds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lxml import etree

from bench.reading_pdf import pdf_figures, shared_files
from bot.errors import ReadingError
from bot.models import FullText
from bot.reading.html import read_html
from bot.reading.page import parse_page
from bot.reading.reader import is_plausible
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_pages import FRAME_TEXTS, Frame, page

ROOT = Path(__file__).resolve().parents[1]
FRAMES = (Frame.TODAY, Frame.OF_2025, Frame.OF_2016)
PAPERS = 40
FAST_PAPERS = 3
LEAST_FOUND = 0.99
LEAST_KEPT = 0.99

_ASIDE = frozenset("math script style button annotation".split())
_ASIDE_CLASSES = frozenset(
    """ltx_ERROR ltx_FATAL ltx_WARNING ltx_INFO ltx_note_mark ltx_note_type ltx_tag_note ltx_nodisplay
    ltx_listing_data""".split()
)
_LONG = 8  # letters; a shorter piece of text would be found anywhere


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of generated papers: planted texts, those of them that were found, what leaked, ms a page."""

    planted: int
    found: int
    leaked: tuple[str, ...]
    milliseconds: float

    @property
    def share(self) -> float:
        return self.found / max(self.planted, 1)


def said(text: FullText) -> str:
    """Return all that a text says, each sentence on a line."""
    titles = (section.title for section in text.sections)
    return "\n".join([text.title, *titles, *(sentence for _, sentence in text.sentences()), *text.references])


def generated(frame: Frame, papers: int) -> Found:
    """Read generated papers in one of arXiv's frames."""
    planted = found = 0
    leaked: list[str] = []
    times: list[float] = []
    for number in range(papers):
        content = content_of(f"bench {number}", sections=4 + number % 7)
        document = page(content, f"2602.9{number:04}v1", frame).encode()
        began = time.process_time()
        text = read_html(document)
        times.append(1_000 * (time.process_time() - began))
        sentences = [sentence for _, sentence in text.sentences()]
        # What LaTeXML puts before a sentence stands before it here too: "Figure 1:", "(a)", "Theorem 1.".
        endings = {sentence[at:] for sentence in sentences for at in (0, *_spaces(sentence))}
        wanted = [*content.sentences(), *(" | ".join(row) for row in content.rows())]
        planted += len(wanted)
        found += sum(one in endings for one in wanted)
        whole = said(text)
        formulas = list(content.formulas())
        planted += len(formulas)
        found += sum(one in whole for one in formulas)
        leaked += [one for one in (*FRAME_TEXTS, *content.hidden, content.white) if one in whole]
        leaked += [] if is_plausible(text) or len(whole) < 4_000 else [f"{frame}: not plausible"]
    return Found(planted, found, tuple(leaked), median(times))


def _spaces(sentence: str) -> Iterator[int]:
    """Yield where the second to fourth words begin."""
    at = 0
    for _ in range(3):
        at = sentence.find(" ", at) + 1
        if not at:
            return
        yield at


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def kept(document: bytes, text: FullText) -> tuple[int, int, list[str]]:
    """Return how many letters and digits of the article are in the text, how many there are, and what is missing.

    Each piece of text between two tags counts as a whole.
    """
    whole = letters(said(text))
    counted = total = 0
    missing: list[str] = []
    article = parse_page(document).article
    walker = etree.iterwalk(article, events=("start", "end"))
    for event, element in walker:
        piece = element.tail if event == "end" and element is not article else None
        if event == "start":
            if element.tag in _ASIDE or _ASIDE_CLASSES.intersection((element.get("class") or "").split()):
                walker.skip_subtree()
            else:
                piece = element.text
        plain = letters(piece or "")
        total += len(plain)
        if len(plain) < _LONG or plain in whole:
            counted += len(plain)
        else:
            missing.append(" ".join((piece or "").split())[:60])
    return counted, total, missing


def html_figures(papers: int, pages: Sequence[Path]) -> list[str]:
    """Print the figures of HTML, and return what is out of bounds."""
    faults: list[str] = []
    for frame in FRAMES:
        figure = generated(frame, papers)
        print(
            f"HTML, generated, {frame.value:<6} {papers} papers: {figure.found} of {figure.planted} planted texts"
            f" ({figure.share:.2%}), {len(figure.leaked)} leaked, {figure.milliseconds:.0f} ms a page"
        )
        if figure.share < LEAST_FOUND:
            faults.append(f"{frame.value}: {figure.share:.2%} of the planted texts")
        faults += [f"{frame.value}: leaked {text!r}" for text in figure.leaked]
    for path in pages:
        faults += _real(path)
    return faults


def _real(path: Path) -> list[str]:
    document = path.read_bytes()
    began = time.process_time()
    try:
        text = read_html(document)
    except ReadingError as error:
        print(f"HTML, {path.name}: {error}")
        return [f"{path.name}: {error}"]
    milliseconds = 1_000 * (time.process_time() - began)
    counted, total, missing = kept(document, text)
    share = counted / max(total, 1)
    leaked = [one for one in FRAME_TEXTS if one in said(text)]
    verdict = "" if is_plausible(text) else ", not plausible: the PDF would be read"
    print(
        f"HTML, {path.name}: {share:.2%} of {total:,} letters and digits kept, {len(leaked)} texts of the frame,"
        f" {milliseconds:.0f} ms for {len(document) // 1024} kB{verdict}"
    )
    for piece in missing[:3]:
        print(f"    missing: {piece}")
    return [f"{path.name}: {share:.2%} kept"] * (share < LEAST_KEPT) + [f"{path.name}: {one!r}" for one in leaked]


def shared_pages() -> list[Path]:
    folder = Path(os.environ.get("KAWARABAN_SHARED") or ROOT.parent / "shared") / "reading" / "html"
    if not folder.is_dir():
        print(f"HTML, real pages: not measured, there is no {folder}")
    return sorted(folder.glob("*.html"))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--papers", type=int, default=PAPERS, help=f"generated papers in each form (default: {PAPERS})")
    parser.add_argument("--pages", type=Path, help="a folder with real pages, instead of the shared ones")
    parser.add_argument("--self-check", action="store_true", help="few papers; fail where a figure is out of bounds")
    options = parser.parse_args()
    pages: list[Path] = []
    files: list[Path] = []
    if not options.self_check:
        pages = sorted(options.pages.glob("*.html")) if options.pages else shared_pages()
        files = sorted(options.pages.glob("*.pdf")) if options.pages else shared_files()
    faults = html_figures(FAST_PAPERS if options.self_check else options.papers, pages)
    faults += pdf_figures(1 if options.self_check else max(options.papers // 10, 1), files)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults and options.self_check else 0


if __name__ == "__main__":
    sys.exit(main())
