"""A paper's full text as JSON, version 1: explained in docs/reading.md, described by full_text.schema.json here."""

from __future__ import annotations

from adapters.json.render import VERSION, dumped
from bot.models import FullText


def full_text(text: FullText) -> str:
    """Return the text as one JSON object, ending with a newline. Its sentences are as in the paper, unescaped."""
    return dumped(
        {
            "version": VERSION,
            "paper": str(text.paper) if text.paper else None,
            "paper_version": text.version,
            "title": text.title,
            "url": text.url or None,
            "source": text.source.value,
            "unread": list(text.unread),
            "licence": text.licence or None,
            "sections": [
                {
                    "id": section.id,
                    "title": section.title,
                    "level": section.level,
                    "blocks": [
                        {
                            "id": block.id,
                            "kind": block.kind.value,
                            "anchor": block.anchor or None,
                            "sentences": list(block.sentences),
                        }
                        for block in section.blocks
                    ],
                }
                for section in text.sections
            ],
            "references": list(text.references),
            "dropped": dict(text.dropped),
        }
    )
