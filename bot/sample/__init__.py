"""Invented sample days: papers, sources and summaries that need no network."""

from bot.sample.source import SampleSource, sample_sources
from bot.sample.summarizer import SampleSummarizer

__all__ = ["SampleSource", "SampleSummarizer", "sample_sources"]
