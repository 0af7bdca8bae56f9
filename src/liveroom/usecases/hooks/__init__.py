"""Hooks: asking the operator's server before something happens. Use cases."""
