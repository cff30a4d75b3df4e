"""A question about a paper, answered from its text with quotations that are there."""
