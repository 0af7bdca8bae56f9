"""Uploads: files of users that others come to see. Values and rules."""
