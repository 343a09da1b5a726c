"""Where words about somebody are, how they are erased everywhere, and how it is seen that none are left."""
