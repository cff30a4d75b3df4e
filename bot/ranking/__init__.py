"""Which papers a channel gets, and why: pure decisions on numbers."""
