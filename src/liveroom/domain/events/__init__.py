"""Events: what happened, as it is recorded and published. Values and rules."""
