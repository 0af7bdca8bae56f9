"""Hooks: asking the operator's server before something happens. Values and rules."""
