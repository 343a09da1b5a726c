"""Making something of memories: a shape, a profile, a summary. Plain Python, with a language model or without."""
