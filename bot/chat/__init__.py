"""What people, and the adapters for them, may ask: commands as values, their parser, and what they do."""
