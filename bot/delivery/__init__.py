"""Messages are sent once, from the ledger."""
