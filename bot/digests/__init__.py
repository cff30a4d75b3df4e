"""One channel's digest of one date: scheduled, made, split into messages, repaired, imported."""
