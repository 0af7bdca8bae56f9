"""Events: what happened, as it is recorded and told. Methods and shapes."""
