"""Receipts: coins for what phones' stores have sold, and what becomes of them when a store refunds it."""
