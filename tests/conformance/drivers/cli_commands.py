"""Prints the commands of mem0's command line as a line of JSON, such as ["add", "entity list"]."""

import json

from mem0_cli.app import app
from typer.main import get_command


def names(command, path=""):
    if not hasattr(command, "commands"):
        return [path]
    return [name for word, inner in command.commands.items() for name in names(inner, f"{path} {word}".strip())]


print(json.dumps(names(get_command(app))))
