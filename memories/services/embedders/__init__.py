"""Changing a project's embedder: asked for, carried out beside the one in use, told of."""
