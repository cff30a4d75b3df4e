"""A digest or a paper as documented, versioned JSON."""
