"""Messages: what is said in rooms, and which words may not be. Methods and shapes."""
