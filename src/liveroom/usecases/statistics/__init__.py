"""Statistics: counting what has changed, and reading what was counted. Use cases."""
