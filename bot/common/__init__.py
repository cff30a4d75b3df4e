"""Small tools that know nothing of papers and channels, and that every room may use."""
