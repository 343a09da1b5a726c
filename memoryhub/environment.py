"""Reading settings from the environment: an empty variable is one that isn't set, a wrong one ends with advice."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
KINDS = {int: "a whole number", float: "a number", bool: "true or false"}
TRUTHS = ("true", "on", "ok", "y", "yes", "1", "false", "off", "n", "no", "0")


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ on the variables that hold something, those of `file` included where the shell has none."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        if file.exists():
            self.read_env(file)
        # Compose hands on `NAME=` for what the operator left blank in .env.
        self.ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the variable as a `cast`; end the program if it isn't one."""
        given = self.ENVIRON.get(var, "").strip()
        try:
            if cast is bool and given and given.lower() not in TRUTHS:
                raise ValueError
            return super().get_value(var, cast, *args, **kwargs)
        except ValueError:
            raise SystemExit(f"{var} is {given!r}; it must be {KINDS.get(cast, 'something else')}.") from None


def address(read: Callable[[], T], advice: str) -> T:
    """Return what `read` makes of a URL; end the program with `advice` if it is none."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what we say better
            return read()
    except (ImproperlyConfigured, KeyError, ValueError, IndexError) as error:
        raise SystemExit(advice) from error
