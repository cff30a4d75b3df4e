"""What a channel likes: emoji become votes, votes become a taste; papers are placed by an embedding."""
