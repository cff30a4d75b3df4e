"""The values that everything else passes around. All of them are frozen.

No I/O, no vendor types, no words for people: renderers turn these into sentences.
Every instant is a `datetime` with a time zone, in UTC unless its field says otherwise.
"""

from bot.models.channels import (
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Layout,
    Plan,
    PlannedRun,
    Run,
    RunState,
    Weekday,
)
from bot.models.collecting import Batch, DigestStatus, SourceReport, Vector, Vectors, Window
from bot.models.conversations import Asker, Document, Person, Reply, Sentence
from bot.models.deliveries import (
    Absent,
    CannotTell,
    Card,
    Delivery,
    DeliveryKey,
    DeliveryState,
    Found,
    Greeting,
    Headline,
    MessageRef,
    Notice,
    Page,
    Part,
    Place,
    Sheet,
    Term,
)
from bot.models.digests import Choice, Digest, EmptyReason, Entry, Reason, ReasonKind
from bot.models.papers import Paper, PaperId, PaperRef, RefKind, Signal, SignalKind, SourceName, normalised_title
from bot.models.summaries import (
    Draft,
    Excerpt,
    Failure,
    Finding,
    FindingKind,
    Origin,
    Section,
    SectionKind,
    Stop,
    Style,
    Summary,
    SummaryRequest,
    Usage,
)
from bot.models.votes import Reaction, Tally

__all__ = [
    "Absent", "Asker", "Batch", "CannotTell", "Card", "Channel", "ChannelKey", "ChannelSettings", "ChannelState",
    "Choice", "Delivery", "DeliveryKey", "DeliveryState", "Digest", "DigestStatus", "Document", "Draft",
    "EmptyReason", "Entry", "Excerpt", "Failure", "Finding", "FindingKind", "Found", "Greeting", "Headline",
    "Layout", "MessageRef", "Notice", "Origin", "Page", "Paper", "PaperId", "PaperRef", "Part", "Person", "Place",
    "Plan", "PlannedRun", "Reaction", "Reason", "ReasonKind", "RefKind", "Reply", "Run", "RunState", "Section",
    "SectionKind", "Sentence", "Sheet", "Signal", "SignalKind", "SourceName", "SourceReport", "Stop", "Style",
    "Summary", "SummaryRequest", "Tally", "Term", "Usage", "Vector", "Vectors", "Weekday", "Window",
    "normalised_title",
]  # fmt: skip
