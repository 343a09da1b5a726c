"""Says each argument to LlamaIndex's memory on mem0 and prints the context it recalls for the last, as JSON.

Usage: python llamaindex_driver.py HOST KEY PERSON TEXT…
"""

import json
import sys

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.memory import Memory
from llama_index.memory.mem0 import Mem0Memory
from llama_index.memory.mem0.base import Mem0Context
from mem0 import MemoryClient

host, key, person, *said = sys.argv[1:]
# Mem0Memory.from_client of 2.1.0 hands its client arguments that mem0ai 2 no longer has.
memory = Mem0Memory(
    primary_memory=Memory.from_defaults(),
    context=Mem0Context(user_id=person),
    client=MemoryClient(api_key=key, host=host),
    search_msg_limit=5,
)
recalled = memory.get(said[-1])
for text in said:
    memory.put(ChatMessage(role="user", content=text))
print(json.dumps("\n".join(str(message.content) for message in recalled)))
