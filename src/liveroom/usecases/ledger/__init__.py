"""The ledger: posting, credits, approvals, folding. Use cases."""
