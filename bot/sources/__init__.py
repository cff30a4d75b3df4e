"""The paper sources, and the merging of what they say."""
