"""Receipts: purchases in the stores of phones, as these stores vouch for them."""
