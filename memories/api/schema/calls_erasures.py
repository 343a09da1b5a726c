"""The calls about erasures."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from memories.api import erasures
from memories.api.schema.answers import Answer, Page
from memories.api.schema.told import PAGE, example
from memories.models import ErasureCertificate


class StoreCount(Answer):
    """Of one table."""

    erased = serializers.IntegerField(help_text="How many rows went, or lost their words.")
    left = serializers.IntegerField(help_text="How many of them are left: none, or nothing would have been erased.")


class CertificateAnswer(Answer):
    """That somebody was erased, without anything about them."""

    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    subject = serializers.ChoiceField(choices=ErasureCertificate.Subject.choices)
    subject_id = serializers.UUIDField()
    name_hash = serializers.CharField(help_text="A keyed hash of the name: the server can tell that it is this one.")
    erased_at = serializers.DateTimeField()
    erased_by = serializers.CharField()
    stores = serializers.DictField(child=StoreCount())
    total_erased = serializers.IntegerField()
    total_left = serializers.IntegerField()


class CertificatePage(Page):
    """A page of certificates."""

    results = CertificateAnswer(many=True)


class ErasurePreviewAnswer(Answer):
    """What would go."""

    stores = serializers.DictField(child=serializers.IntegerField(), help_text="Rows of each table.")
    shared_messages = serializers.IntegerField(
        help_text="Messages on which other memories rest, too: only the erased memories' words are cut out of them."
    )


extend_schema_view(
    get=extend_schema(
        operation_id="v1_erasures_list",
        summary="List certificates of erasure",
        description="Returns a page of them, newest first; none for a key that is limited to one end user.",
        parameters=PAGE,
        responses=CertificatePage,
    )
)(erasures.ErasuresView)

extend_schema_view(
    get=extend_schema(
        operation_id="v1_erasures_retrieve",
        summary="Read a certificate of erasure",
        description="Tells how much was erased from each table. Erasing an entity answers with its id.",
        responses=CertificateAnswer,
    )
)(erasures.ErasureView)

extend_schema_view(
    post=extend_schema(
        summary="Preview an erasure",
        description="Counts what erasing an end user, agent, app or run would take. Nothing is erased.",
        request=erasures.WhomSerializer,
        responses={200: ErasurePreviewAnswer, 404: None},
        examples=example({"user_id": "ann"}),
    )
)(erasures.ErasurePreviewView)
