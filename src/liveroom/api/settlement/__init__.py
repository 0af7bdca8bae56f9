"""``statements/*`` and the settlement of periods."""
