"""How a driver is spoken to: the public methods as a first line of JSON, then a line a call, and a line its outcome.

A call is {"method": "project.get", "args": […], "kwargs": {…}}; an outcome is {"result": …}, or {"error": …} with the
kind of the error and its "message".
"""

import asyncio
import inspect
import json
import sys
from functools import reduce


def public(kind, prefix=""):
    """Return the names of a class's methods that are meant for its users."""
    return [f"{prefix}{name}" for name, _ in inspect.getmembers(kind, inspect.isroutine) if name[0] != "_"]


def serve(target, methods, heard=lambda given: given, said=lambda result: result):
    """Call what is asked of the target until nothing more is; `heard` and `said` translate."""
    loop = asyncio.new_event_loop()
    print(json.dumps(methods), flush=True)
    for line in sys.stdin:
        call = json.loads(line)
        try:
            method = reduce(getattr, call["method"].split("."), target)
            result = method(*map(heard, call["args"]), **call["kwargs"])
            if inspect.isawaitable(result):
                result = loop.run_until_complete(result)
            outcome = {"result": said(result)}
        except Exception as error:
            outcome = {"error": type(error).__name__, "message": str(error)}
        print(json.dumps(outcome), flush=True)
