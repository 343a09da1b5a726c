#!/usr/bin/env python
"""MemoryHub's command line: `manage.py up` runs the whole product, `manage.py help` lists the rest."""

import os
import sys


def main() -> None:
    """Run one command, starting the embedded PostgreSQL for as long as the command lasts if it needs it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryhub.settings")
    from django.core.management import execute_from_command_line

    from memoryhub.embedded_postgres import serve_while_running

    with serve_while_running(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
