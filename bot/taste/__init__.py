"""What a channel likes: emoji become votes, votes become a taste, and an embedding places papers."""
