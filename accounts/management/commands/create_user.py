"""Create an account from the command line."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.services import vouch_for_address


class Command(BaseCommand):
    """`manage.py create_user EMAIL [--password …] [--admin]`."""

    help = "Creates a user with a personal organization; prints the password if it made one up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email")
        parser.add_argument("--password", help="made up and printed when left out")
        parser.add_argument("--admin", action="store_true", help="may use Django admin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user or say why not."""
        email = options["email"].strip().lower()
        try:
            validate_email(email)
            if options["password"]:
                validate_password(options["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(
                f"There is an account for {email} already. `reset_password {email}` gives it a new password."
            )
        password = options["password"] or secrets.token_urlsafe(12)
        create = User.objects.create_superuser if options["admin"] else User.objects.create_user
        with transaction.atomic():
            vouch_for_address(user=create(email, password))
        self.stdout.write(f"Created {email}" + ("" if options["password"] else f" with password {password}"))
