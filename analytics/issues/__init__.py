"""Issues in people's hands: what they decide about them, and what they read of them."""
