"""The API's own description, in OpenAPI 3.1.

A view's calls are described by drf-spectacular's `extend_schema`, on its methods or, where that would bury the code,
in calls*.py here, with what they answer in answers*.py. auto.py adds what all calls have in common: errors, headers,
the Idempotency-Key. examples.py makes an example of each answer from its description.
"""
