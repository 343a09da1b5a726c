"""The filter language of list, search, delete and the pages: mem0's, to any depth, compiled to one SQL condition.

A filter is an object of fields, implicitly joined by AND, and of `AND`, `OR` (lists of filters) and `NOT` (a filter
or a list of them). A field's condition is a plain value or an object of operators, which all must hold. Whatever
can't be expressed raises InvalidFilter; nothing is ignored, so nothing matches by mistake. Every condition is either
true or false of a row, never unknown, so a row without the field is matched by the condition's negation.
docs/filters.md describes the language.
"""

from memories.filters.compiler import compile_filter
from memories.filters.errors import InvalidFilter
from memories.filters.fields import ALIASES, ANY, COLUMNS, ENTITIES
from memories.filters.layers import combine_layers, names_run
from memories.filters.operands import MAX_DEPTH
from memories.filters.whose import says_whose

__all__ = [
    "ALIASES",
    "ANY",
    "COLUMNS",
    "ENTITIES",
    "MAX_DEPTH",
    "InvalidFilter",
    "combine_layers",
    "compile_filter",
    "names_run",
    "says_whose",
]
