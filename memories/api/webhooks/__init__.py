"""Webhooks over the API: mem0's calls, and our own for secrets, tests and the log."""
