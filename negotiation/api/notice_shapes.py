"""What the API takes and answers about being told."""

from typing import Any

from rest_framework import serializers

from accounts.models import Party
from negotiation.api.acts import Body
from negotiation.permissions import Viewer
from notifications.models import Message, Notice, Telling
from notifications.outbox import masked
from notifications.preferences import SMS_RHYTHMS, Rhythm
from notifications.topics import CHOSEN

S = serializers


class NoticeRow(S.ModelSerializer[Notice]):
    room = S.CharField(source="telling.room", help_text="The room's code.")
    topic = S.CharField(source="telling.topic")
    text = S.CharField(source="telling.words", help_text="In the language of the request.")

    class Meta:
        model = Notice
        fields = ("id", "room", "topic", "text", "link", "created_at", "read_at")


class Wishes(Body):
    group = S.ChoiceField(choices=[str(group) for group in CHOSEN])
    email = S.ChoiceField(choices=[str(value) for value in Rhythm])
    sms = S.ChoiceField(choices=[str(value) for value in SMS_RHYTHMS])


class Preferences(Body):
    language = S.CharField(max_length=8, allow_blank=True, help_text="Of messages; empty: the site's.")
    groups = S.ListField(child=Wishes(), max_length=20)


class Chosen(S.Serializer[Any]):
    language = S.CharField()
    groups = Wishes(many=True)
    required = S.ListField(  # type: ignore[assignment]  # the stubs know a flag of that name
        child=S.CharField(), help_text="Topics that the law requires; they always come at once."
    )


class MessageSent(S.ModelSerializer[Message]):
    to = S.SerializerMethodField(help_text="The address, masked.")

    class Meta:
        model = Message
        fields = ("id", "channel", "to", "subject", "state", "attempts", "error", "created_at", "sent_at")

    def get_to(self, message: Message) -> str:
        return masked(message.address)


class RequiredNotice(S.ModelSerializer[Telling]):
    text = S.CharField(source="words", help_text="In the language of the request.")

    class Meta:
        model = Telling
        fields = ("id", "topic", "text", "created_at", "done_at")


class Unreached(S.Serializer[Any]):
    code = S.CharField()
    name = S.SerializerMethodField()

    def get_name(self, party: Party) -> str:
        viewer: Viewer = self.context["viewer"]
        return viewer.label(party)


class HandIn(Body):
    party = S.CharField(max_length=64)
    evidence = S.CharField(max_length=400, help_text="How, when and by whom it was handed over.")


class HandDone(S.Serializer[Any]):
    party = S.CharField(source="party.code")
    created_at = S.DateTimeField()
