"""Who is asking. Every read starts from one."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import ApiKey, User
from accounts.standing import Standing


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user or an API key, never both.

    `standing` is there as long as it may be that what is known of the key holds no more.
    """

    user: User | None = None
    api_key: ApiKey | None = None
    standing: Standing | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse a principal that is nobody or two at once."""
        if (self.user is None) == (self.api_key is None):
            raise ValueError("A principal is either a user or an API key.")

    def confirm(self) -> None:
        """See that what is known of the key still holds; raise accounts.standing.Changed otherwise."""
        if self.standing is not None:
            self.standing.confirm()

    @property
    def unconfirmed(self) -> Standing | None:
        """Return what is still to be asked about the key, None where nothing is."""
        return None if self.standing is None or self.standing.confirmed else self.standing

    @property
    def label(self) -> str:
        """Return how history names this principal, also after it is gone."""
        return str(self.user) if self.user is not None else str(self.api_key)

    @property
    def person(self) -> User | None:
        """Return the user, or who made the key if that person still has an account."""
        if self.api_key is None:
            return self.user
        maker = self.api_key.created_by
        return maker if maker is not None and maker.is_active else None

    @property
    def end_user_name(self) -> str:
        """Return the only end user this principal may reach, or "" for no limit."""
        return self.api_key.end_user_name if self.api_key is not None else ""
