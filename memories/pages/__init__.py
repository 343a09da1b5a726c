"""The pages of the core: home, memories, jobs."""
