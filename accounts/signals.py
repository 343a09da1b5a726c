"""A user has a personal organization however the user came to be: sign-up, command line or admin."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from accounts.services import open_personal_organization


@receiver(post_save, sender=User, dispatch_uid="accounts.open_personal_organization")
def give_new_user_an_organization(instance: User, created: bool, raw: bool, **kwargs: Any) -> None:
    """Open the organization in the transaction that creates the user; `raw` is a fixture, which has its own."""
    if created and not raw:
        open_personal_organization(user=instance)
