"""Sessions of operators."""
