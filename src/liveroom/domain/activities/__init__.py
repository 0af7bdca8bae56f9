"""Activities: what a room does together, such as polls and predictions."""
