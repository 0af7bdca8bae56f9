"""Statements on activities and ballots."""
