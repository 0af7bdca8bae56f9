"""The statements of statistics: what is counted, what waits to be counted, and what came of it."""
