"""Whether what this process knows of a key still holds, asked along with the first thing that its call reads.

A key that was seen before is known with its project and its maker as long as none of their rows has changed. To ask
so alone is half of what a small read costs; as a condition of the read itself it costs hardly anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import RawSQL

# Where each row stands and which transaction put it there: a change makes another row of it. For a key's id.
STAMP = """
SELECT concat_ws(' ', key.ctid, key.xmin, project.ctid, project.xmin, maker.ctid, maker.xmin)
FROM accounts_apikey AS key
JOIN accounts_project AS project ON project.id = key.project_id
LEFT JOIN accounts_user AS maker ON maker.id = key.created_by_id
WHERE key.id = {key}
"""
# A condition with the key's id and its stamp as parameters.
HOLDS = f"({STAMP.format(key='%s')}) = %s"


class Changed(Exception):
    """What was known of a key holds no more."""


@dataclass(slots=True)
class Standing:
    """What a call believes of its key, until Postgres has `confirmed` that the rows stand as `stamp` says.

    Nothing may be written or answered before. Once the condition was `lent`, it may be asked at any later time, so the
    end of the call has to ask again.
    """

    key: UUID
    stamp: str
    confirmed: bool = False
    lent: bool = False

    @property
    def condition(self) -> RawSQL:
        """Return what is true of any row as long as the rows stand so."""
        self.lent = True
        return RawSQL(HOLDS, [self.key, self.stamp], output_field=models.BooleanField())  # noqa: S611 (a constant)

    def confirm(self) -> None:
        """Ask, unless that was done; raise Changed if the rows have changed."""
        if self.confirmed and not self.lent:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {HOLDS}", [self.key, self.stamp])
            self.confirmed = bool(cursor.fetchone()[0])
        if not self.confirmed:
            raise Changed
