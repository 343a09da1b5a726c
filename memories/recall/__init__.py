"""How a query becomes an answer: retrievers, fusion, and the result with its score breakdown."""
