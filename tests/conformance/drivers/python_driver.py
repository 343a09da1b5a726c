"""Drives mem0's Python client in an environment of its own: a call as a line of JSON in, its outcome as one out.

Usage: python python_driver.py sync|async HOST KEY. A call is {"method": "project.get", "args": […], "kwargs": {…}}.
"""

import asyncio
import inspect
import json
import sys
from functools import reduce

from mem0 import AsyncMemoryClient, MemoryClient


def main(kind: str, host: str, key: str) -> None:
    loop = asyncio.new_event_loop()
    client = (AsyncMemoryClient if kind == "async" else MemoryClient)(api_key=key, host=host)
    for line in sys.stdin:
        call = json.loads(line)
        try:
            method = reduce(getattr, call["method"].split("."), client)
            result = method(*call["args"], **call["kwargs"])
            if inspect.isawaitable(result):
                result = loop.run_until_complete(result)
            outcome = {"result": result}
        except Exception as error:
            outcome = {"error": type(error).__name__, "message": str(error)}
        print(json.dumps(outcome), flush=True)


main(*sys.argv[1:])
