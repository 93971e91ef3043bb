"""What the tests of joint proposals have in common."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from negotiation import drafts, joint
from negotiation.consents import read_offer
from negotiation.models import Draft
from notifications.models import Telling

ROOM = "/rooms/ZX-03-2026/"
REASON = "The bank does not lend 8,123 yuan for this."
OPEN, CONSENTED, DECLINED = "open", "consented", "declined"


def states(draft: Draft) -> dict[str, str]:
    return dict(draft.partners.values_list("party__code", "state"))


def all_consent(mandate, draft: Draft) -> None:
    for name in ("factory", "resident"):
        joint.consent(mandate(name), draft, read_offer(draft).digest)


def logged(action: str) -> list[dict]:
    rows = Entry.objects.filter(action=action).order_by("time")
    return [json.loads(bytes(row.body))["data"] for row in rows]


def told(topic: str) -> list[dict]:
    return [row.audience.get("parties") for row in Telling.objects.filter(topic=topic).order_by("pk")]


def save(mandate, draft: Draft) -> None:
    drafts.save_draft(mandate, draft, {**draft.document, "summary": "Shorter"}, draft.version)


def fields_of(response) -> dict[str, object]:
    """What a browser would send of the editor's form as it stands."""
    head, found = response.context["head"], {"version": response.context["version"]}
    found |= {name: head[name].value() or "" for name in head.fields}
    for row in response.context["sets"]:
        rows = row["rows"]
        for form in (rows.management_form, *rows.forms):
            found |= {
                form[name].html_name: form[name].value() for name in form.fields if form[name].value() is not None
            }
    return found


def statements(client, where: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)
