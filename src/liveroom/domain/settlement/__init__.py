"""Settlement: periods that are closed once, and what each account is told of them."""
