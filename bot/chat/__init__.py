"""Everything that people, and adapters on their behalf, may ask: command values, their parser, and the use cases."""
