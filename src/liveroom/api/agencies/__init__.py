"""``agencies/*`` and what operators do with agencies."""
