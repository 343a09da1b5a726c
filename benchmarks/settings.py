"""MemoryHub's settings with the constant embedder in place of a model."""

from memoryhub.settings import *  # noqa: F403

PROVIDERS = {"embedder": {"BACKEND": "benchmarks.constant.Constant", "OPTIONS": {}}}
