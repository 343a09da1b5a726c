"""Measurements of the running product: `python -m benchmarks --help`.

Each starts a product of its own in a temporary folder, speaks to it over HTTP as apps do, and reports numbers.
None of them passes or fails.
"""
