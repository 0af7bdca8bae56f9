"""The statements of red envelopes."""
