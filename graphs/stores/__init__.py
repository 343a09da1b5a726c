"""Where a graph can live."""
