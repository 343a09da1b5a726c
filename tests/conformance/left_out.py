"""What the table's rows call the methods of each client, and the methods that no row has, with the reason."""

from __future__ import annotations

from tests.conformance.clients import PYTHON

# Where a client has words of its own for what mem0's clients do. A command may be several of theirs.
ROWS: dict[str, dict[str, tuple[str, ...]]] = {
    "CLI": {
        "list": ("get_all",),
        "delete": ("delete", "delete_all", "delete_users"),
        "status": ("ping",),
        "entity list": ("users",),
        "entity delete": ("delete_users",),
        "event list": ("events",),
        "event status": ("event",),
        "config set": ("config",),
        "config get": ("config",),
        "config show": ("config",),
    },
    "LlamaIndex": {
        **dict.fromkeys(("put", "aput", "put_messages", "aput_messages", "set", "aset"), ("add",)),
        **dict.fromkeys(("get", "aget"), ("search",)),
    },
    "LangChain": {"load_memory_variables": ("search", "get_all"), "save_context": ("add",)},
}

_GAME = "a game on mem0's own service"
_ACCOUNTS = "for accounts that agents open for themselves at mem0's own service"
_NOT_WRITTEN = "raises NotImplementedError in the client; no server is asked"
_BUFFER = "only LlamaIndex's own buffer of the conversation; no server is asked"

LEFT_OUT: dict[str, dict[str, str]] = {
    **{client: {"chat": _NOT_WRITTEN} for client in PYTHON},
    "CLI": {
        "agent-rush add": _GAME,
        "agent-rush search": _GAME,
        "whoami": _GAME,
        "identify": _ACCOUNTS,
        "help": "no server is asked",
        "version": "no server is asked",
    },
    "LlamaIndex": {
        **dict.fromkeys(("get_all", "aget_all", "reset", "areset"), _BUFFER),
        "from_client": "passes arguments that `mem0ai` 2 no longer takes, whatever the server; see below",
        "from_config": "mem0's library in the app's own process instead of a server",
        "from_defaults": _NOT_WRITTEN,
        "class_name": "a name for LlamaIndex; no server is asked",
        "serialize_memory": "writes the memory's settings out; no server is asked",
    },
    "LangChain": {"clear": "only LangChain's own buffer of the conversation; no server is asked"},
}


def rows(client: str, method: str) -> tuple[str, ...]:
    """Return what the table calls a client's method."""
    return ROWS.get(client, {}).get(method, (method,))
