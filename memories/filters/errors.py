"""What goes wrong with a filter."""


class InvalidFilter(ValueError):
    """The filter says something that this language has no meaning for; the message names what is allowed."""
