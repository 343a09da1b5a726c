"""Consolidation: what becomes of a project's memories over time, without anybody asking. Nothing is deleted."""

from memories.services.consolidation.running import consolidate

__all__ = ["consolidate"]
