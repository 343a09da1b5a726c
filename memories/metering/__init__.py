"""Every call of a language model: whom it is charged to, what it cost, and whether there is a budget left for it."""
