"""The blog: digests as Hugo page bundles, and published posts read back."""
