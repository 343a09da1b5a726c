"""Pages of what a project withholds, and of what was forgotten."""
