"""The one edge to the language model: client, prices, prompts, and the summariser."""
