"""Give a user a new password from the command line."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User


class Command(BaseCommand):
    """`manage.py reset_password EMAIL [--password …]`."""

    help = "Gives a user a new password and prints it if it made one up. Their sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email")
        parser.add_argument("--password", help="made up and printed when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the password or say why not."""
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}. `create_user` makes one.")
        password = options["password"] or secrets.token_urlsafe(12)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
        self.stdout.write(f"{user.email} has a new password" + ("" if options["password"] else f": {password}"))
