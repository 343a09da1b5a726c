"""The sample conversations that a newcomer can load and remove with one click."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Project
from accounts.principal import Principal
from memories.models import App, EndUser, Event, Run
from memories.samples import SAMPLES, load_sample
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity
from memories.services.importing import conversations
from memories.services.record import record

APP = "sample-conversations"


def samples_loaded(project: Project) -> bool:
    """Tell whether the project holds the samples."""
    return EndUser.objects.in_project(project).filter(is_sample=True).exists()


def load_samples(*, principal: Principal, project: Project) -> int:
    """Record every sample conversation that the project lacks; return the number of sessions offered.

    Raises QuotaExceeded; the people who were complete before that are kept.
    """
    sessions = 0
    for name in SAMPLES:
        sample = load_sample(name)
        end_user = f"{sample['end_user']} (sample)"
        with transaction.atomic():
            EndUser.objects.get_or_create(project=project, name=end_user, defaults={"is_sample": True})
            for conversation in conversations(sample, end_user=end_user, app=APP):
                record(principal=principal, project=project, conversation=conversation)
                sessions += 1
    return sessions


def remove_samples(*, principal: Principal, project: Project) -> int:
    """Erase the sample people with everything recorded about them; return the number of memories that went.

    Their runs and the sample app go too, unless something else has come to use them.
    """
    erased = 0
    with transaction.atomic():
        people = EndUser.objects.in_project(project).filter(is_sample=True)
        runs = list(Event.objects.filter(end_user__in=people, run__isnull=False).values_list("run_id", flat=True))
        for person in people:
            erased += erase_entity(entity=person, actor=Actor.of(principal)).memories
        unused = {"event_set": None, "memory_set": None}
        Run.objects.filter(pk__in=runs, **unused).delete()
        App.objects.in_project(project).filter(name=APP, **unused).delete()
    return erased
