"""An engine inside the process that runs the Redis store's own scripts, on the data types that they use."""
