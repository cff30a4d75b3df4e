"""Sending messages from the ledger, once each."""
