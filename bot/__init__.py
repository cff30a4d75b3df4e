"""Kawaraban's core: sources, ranking, summaries, delivery. It knows no chat platform."""

__version__ = "0.1.0"
