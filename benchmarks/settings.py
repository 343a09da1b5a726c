"""MemoryHub's settings with the constant embedder in place of the embedded model."""

from benchmarks.constant import Constant
from memoryhub.settings import *  # noqa: F403
from providers import embedded

# Under its name, because what is embedded is treated otherwise than what is asked over a network.
embedded.EmbeddedEmbedder = Constant  # type: ignore[assignment, misc]
