"""Drives mem0's Python client in an environment of its own.

Usage: python python_driver.py sync|async HOST KEY
"""

import sys

from lines import public, serve
from mem0 import AsyncMemoryClient, MemoryClient

kind, host, key = sys.argv[1:]
client = (AsyncMemoryClient if kind == "async" else MemoryClient)(api_key=key, host=host)
serve(client, public(type(client)) + public(type(client.project), "project."))
