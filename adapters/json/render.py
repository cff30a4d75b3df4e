"""A digest, one paper or an answer as JSON, version 1, explained in docs/json.md and described by schema.json.

Texts are as the sources and models returned them; whoever displays them must escape them. Characters that control a
terminal or cannot be encoded are written as `\\uXXXX`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from bot.models import (
    Answer,
    Claim,
    Digest,
    Entry,
    Excerpt,
    Failure,
    Paper,
    PaperDetails,
    Reason,
    SourceReport,
    Summary,
)
from bot.words import Words, sentences
from bot.words.code_hosts import paper_page
from bot.words.details import links
from bot.words.layout import ButtonKind
from bot.words.plain import json_text

VERSION = 1
_PAGES = (
    ButtonKind.PDF,
    ButtonKind.HTML,
    ButtonKind.CODE,
    ButtonKind.PROJECT,
    ButtonKind.HUGGINGFACE,
    ButtonKind.ALPHAXIV,
)


def digest(digest: Digest, words: Words) -> str:
    """Return the digest as one JSON object, ending with a newline. `words`, in its language, phrase the reasons."""
    status = digest.status
    return dumped(
        {
            "version": VERSION,
            "date": digest.date.isoformat(),
            "language": digest.language,
            "status": {
                "new_papers": status.new_papers,
                "sources": {report.source.value: _source(report) for report in status.sources},
            },
            "entries": [_entry(entry, words) for entry in digest.entries],
            "empty": _empty(digest, words),
        }
    )


def paper(
    paper: Paper,
    words: Words,
    *,
    language: str,
    summary: Summary | None = None,
    excerpt: Excerpt | None = None,
    failure: Failure | None = None,
    details: PaperDetails | None = None,
) -> str:
    """Return one looked-up paper as a JSON object, with those keys of a digest's entry that concern the paper itself.

    `language` is the one asked for; `sections` is filled by a detailed summary. Ends with a newline.
    """
    fields = {
        "version": VERSION,
        "language": language,
        **_paper(paper),
        **_texts(words, summary, excerpt, failure),
        "style": summary.style.value if summary else None,
        "sections": [
            {
                "kind": section.kind.value,
                "title": words.say(f"paper.section.{section.kind.value}"),
                "text": section.text,
            }
            for section in (summary.sections if summary else ())
        ],
        "withdrawn": paper.withdrawn,
        **_details(details or PaperDetails(paper)),
    }
    return dumped(fields)


def answer(answer: Answer, papers: Sequence[Paper], question: str, *, language: str) -> str:
    """Return an answer as one JSON object, ending with a newline. `language` is the one answered in."""
    return dumped(
        {
            "version": VERSION,
            "language": language,
            "papers": [{"id": str(paper.id), "title": paper.title, "url": paper.url} for paper in papers],
            "question": question,
            "kind": answer.kind.value,
            "claims": [_claim(claim) for claim in answer.claims],
            "dropped": answer.dropped,
            "partial": answer.partial,
            "abstract_only": answer.abstract_only,
            "sources": [source.value for source in answer.sources],
            "omitted": answer.omitted,
            "next_questions": list(answer.next_questions),
        }
    )


def _claim(claim: Claim) -> Mapping[str, object]:
    return {
        "text": claim.text,
        "quotations": [
            {
                "paper": str(one.paper),
                "sentence": str(one.sentence),
                "text": one.text,
                "section": one.section,
                "url": one.url or None,
            }
            for one in claim.quotations
        ],
    }


def _entry(entry: Entry, words: Words) -> Mapping[str, object]:
    return {
        "rank": entry.rank,
        **_paper(entry.paper),
        "score": _number(entry.score),
        "reason": sentences.reasons(words, entry.reasons),
        "reasons": [_reason(reason, words) for reason in entry.reasons],
        **_texts(words, entry.summary, entry.excerpt, entry.failure),
    }


def _paper(paper: Paper) -> Mapping[str, object]:
    return {
        "id": str(paper.id),
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "authors": list(paper.authors),
        "more_authors": paper.more_authors,
        "published": paper.published.isoformat(),
        "url": paper.url,
        "sources": [source.value for source in paper.sources],
        "signals": [
            {
                "source": signal.source.value,
                "kind": signal.kind.value,
                "value": _number(signal.value),
                "seen_at": signal.seen_at.isoformat(),
            }
            for signal in paper.signals
        ],
        "abstract": paper.abstract,
    }


def _texts(
    words: Words, summary: Summary | None, excerpt: Excerpt | None, failure: Failure | None
) -> Mapping[str, object]:
    """Return the texts. `summary` and `headline` hold only what passed the check."""
    return {
        "headline": summary.headline if summary else None,
        "summary": summary.text if summary else None,
        "verified": summary is not None,
        "origin": summary.origin.value if summary else None,
        "model": (summary.model or None) if summary else None,
        "excerpt": None
        if excerpt is None
        else {
            "origin": excerpt.origin.value,
            "language": excerpt.language,
            "label": sentences.excerpt_label(words, excerpt),
            "text": excerpt.text,
        },
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "text": sentences.failure(words, failure),
            "findings": [{"kind": finding.kind.value, "text": finding.text} for finding in failure.findings],
        },
    }


def _details(details: PaperDetails) -> Mapping[str, object]:
    """Return the paper's pages on known hosts, by kind, and the similar papers."""
    pages = {kind.value: address for kind, address in links(details.paper)}
    return {
        "links": {kind.value: pages.get(kind.value) for kind in _PAGES},
        "similar": [
            {
                "id": str(paper.id),
                "arxiv_id": paper.arxiv_id,
                "title": paper.title,
                "authors": list(paper.authors),
                "published": paper.published.isoformat(),
                "url": paper_page(paper.url) or None,
            }
            for paper in details.similar
        ],
        "similar_failed": [source.value for source in details.failed],
    }


def _source(report: SourceReport) -> Mapping[str, object]:
    return {
        "ok": report.ok,
        "papers": report.papers,
        "error": report.error,
        "dropped": report.dropped,
        "missing": report.missing,
    }


def _reason(reason: Reason, words: Words) -> Mapping[str, object]:
    return {
        "kind": reason.kind.value,
        "subject": reason.subject,
        "value": _number(reason.value),
        "share": _number(reason.share),
        "text": sentences.reason(words, reason),
    }


def _empty(digest: Digest, words: Words) -> Mapping[str, object] | None:
    if digest.entries:
        return None
    return {
        "reason": digest.empty.value if digest.empty else None,
        "holiday": digest.holiday or None,
        "text": sentences.empty(words, digest),
    }


def _number(x: float) -> float | None:
    """Return the number, or None if it is NaN or infinite, which JSON cannot express."""
    return x if math.isfinite(x) else None


def dumped(value: Mapping[str, object]) -> str:
    return json_text(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)) + "\n"
