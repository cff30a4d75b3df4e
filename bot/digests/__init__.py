"""The room digests."""
