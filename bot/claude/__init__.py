"""The only edge to the language model: client, prices, prompts and summariser."""
