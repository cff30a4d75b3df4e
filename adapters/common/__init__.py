"""Shared by adapters: HTTP requests sent exactly once, CommonMark escaping, text cutting, emoji short names."""
