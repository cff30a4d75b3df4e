"""The paper sources' own edges: ask, validate, hand over; one module a source."""
