"""Drives LlamaIndex's memory on mem0. A message is written {"says": TEXT}; of messages that come back, the texts.

Usage: python llamaindex_driver.py HOST KEY PERSON
"""

import sys

from lines import public, serve
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.memory import BaseMemory, Memory
from llama_index.memory.mem0 import Mem0Memory
from llama_index.memory.mem0.base import BaseMem0, Mem0Context
from mem0 import MemoryClient
from pydantic import BaseModel


def heard(given):
    if isinstance(given, list):
        return [heard(one) for one in given]
    return ChatMessage(role="user", content=given["says"]) if "says" in given else given


def said(result):
    return [str(message.content) for message in result] if isinstance(result, list) else result


host, key, person = sys.argv[1:]
# Mem0Memory.from_client of 2.1.0 hands its client arguments that mem0ai 2 no longer has.
memory = Mem0Memory(
    primary_memory=Memory.from_defaults(),
    context=Mem0Context(user_id=person),
    client=MemoryClient(api_key=key, host=host),
    search_msg_limit=5,
)
# What every pydantic model and every component of LlamaIndex can do is not the memory's own.
own = {name for kind in (Mem0Memory, BaseMem0, BaseMemory) for name in vars(kind)} - set(dir(BaseModel))
serve(memory, [name for name in public(Mem0Memory) if name in own], heard, said)
