"""Every sentence that a person reads, in Japanese and English."""
