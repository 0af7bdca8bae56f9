"""Messages: what is said in rooms, and which words may not be. Values and rules."""
