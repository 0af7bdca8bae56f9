"""Events: what happened, as it is recorded and told. Values and rules."""
