"""Local models that place texts as points: an Embedder (see `bot.ports`) each."""
