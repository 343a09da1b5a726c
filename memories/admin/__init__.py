"""The core in Django admin: for looking. Whatever has history is changed where history is written."""

from memories.admin import derived, erased, remembered, reviewed, running, said

__all__ = ["derived", "erased", "remembered", "reviewed", "running", "said"]
