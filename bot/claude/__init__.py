"""The language model: asking it (client, summarize), what it is told (prompts), and not trusting it (check)."""
