"""``admin/*`` about hooks."""
