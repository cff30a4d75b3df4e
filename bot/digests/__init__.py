"""One channel's digest of one date: when it is due, how it is made, which messages it is, repaired, imported."""
