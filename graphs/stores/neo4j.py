"""Neo4j, for operators who run one."""

from __future__ import annotations

CONNECT_SECONDS = 5.0


class GraphStoreError(Exception):
    """The graph store can't be used; the message says why."""


def verify(uri: str, *, user: str, password: str) -> None:
    """Sign in to the server at `uri` and out again; raise GraphStoreError if that fails."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import ConfigurationError, DriverError, Neo4jError

    try:
        with GraphDatabase.driver(uri, auth=(user, password), connection_timeout=CONNECT_SECONDS) as driver:
            driver.verify_connectivity()
    except (ConfigurationError, DriverError, Neo4jError, OSError, ValueError) as error:
        raise GraphStoreError(f"Neo4j at {uri} can't be used: {error}") from error
