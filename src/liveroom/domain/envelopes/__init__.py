"""Red envelopes: coins that somebody puts into a room, and its members grab."""
