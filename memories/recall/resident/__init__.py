"""The memories of one person as recall reads them, kept in the memory of the web processes that are asked about them.

Postgres stays the truth: what has changed is read at each search, and what is found is fetched through the scope's
own SQL. See "Recall reads a person's memories from an index in memory" in docs/architecture.md.
"""
