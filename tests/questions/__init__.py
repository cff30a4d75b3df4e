"""Tests of answering: what is shown of a drafted answer, and one question from reading to the last claim."""
