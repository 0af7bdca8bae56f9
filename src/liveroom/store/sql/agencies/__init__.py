"""Agencies and their hosts, as they are stored."""
