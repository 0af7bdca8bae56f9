"""Agencies: who looks after hosts, and has a share of what these earn."""
