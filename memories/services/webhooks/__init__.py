"""Webhooks: set up, told of what happens, sent to, and kept in order."""
