"""Sending, grabbing and ending red envelopes."""
