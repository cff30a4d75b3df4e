"""Kawaraban's core: sources, ranking, summaries, delivery. It knows no chat platform."""
