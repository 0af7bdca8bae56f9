"""Privacy: what rooms keep to themselves, and erasing users. Statements."""
