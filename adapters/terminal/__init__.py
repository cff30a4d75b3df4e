"""A digest, a paper or a report for a person at a terminal."""
