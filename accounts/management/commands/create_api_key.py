"""Create an API key from the command line."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from accounts.services.keys import issue_key


class Command(BaseCommand):
    """`manage.py create_api_key EMAIL [--project ID] [--name …] [--scope …] [--end-user …]`."""

    help = "Creates an API key and prints it: alone on standard output, so that scripts can take it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email", help="whose key it is")
        parser.add_argument("--project", help="the project's id; their default project when left out")
        parser.add_argument("--name", default="From the command line")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, default=ApiKey.Scope.ADMIN)
        parser.add_argument("--end-user", default="", help="limit the key to this end user")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the key or say why not."""
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}. `create_user` makes one.")
        project = personal_project(user=user)
        if options["project"]:
            project = find_project(user, options["project"])
        _key, secret = issue_key(
            project=project,
            name=options["name"],
            scope=options["scope"],
            end_user_name=options["end_user"],
            created_by=user,
        )
        self.stdout.write(secret)


def find_project(user: User, project_id: str) -> Project:
    """Return a project that `user` may change."""
    try:
        return Project.objects.writable_by(Principal(user=user)).get(pk=project_id)
    except (Project.DoesNotExist, ValidationError) as error:
        raise CommandError(f"{user} has no project {project_id} to write to.") from error
