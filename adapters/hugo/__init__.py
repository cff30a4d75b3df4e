"""The blog: digests as Hugo page bundles, and posts read back."""
