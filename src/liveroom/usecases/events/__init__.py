"""Events: what happened, as it is recorded and published. Use cases."""
