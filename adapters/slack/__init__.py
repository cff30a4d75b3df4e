"""Slack: digests, votes and commands in its channels."""
