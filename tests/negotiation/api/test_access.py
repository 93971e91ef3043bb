"""Who may do what by API: every route as every role, against one table."""

from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from negotiation import answers, caucuses, comments, joint, packages, voting
from negotiation.attachments import add_attachment
from negotiation.models import Package
from negotiation.queries.packages import latest
from negotiation.scoring import ENGINE
from tests.negotiation.ballots import end, opened_secret
from tests.negotiation.files import picture
from tests.negotiation.letters import waiting
from tests.negotiation.test_access import (
    asked_poll,
    brought,
    called,
    found,
    nothing_contested,
    notified,
    objected,
    on_paper,
    proceedings,
    proxy,
    sealed_entry,
    sessions,
    statuses,
    written_bundle,
)
from tests.negotiation.test_mediation import asked

OPEN = "200 200 200 200 200 200 200 200"
LOG = "401 403 403 403 403 200 200 200"
FINDINGS = "401 403 403 403 403 403 200 200"
WRITE = "401 403 403 422 422 422 422 403"
CONVENE = "401 403 403 403 403 403 422 403"
CONVENER = "401 403 403 403 403 403 200 403"
OFFICIALS = "401 403 403 403 403 200 200 403"
OFFICIAL_WRITES = "401 403 403 403 403 422 422 403"
SIGNED_IN = "401 200 200 200 200 200 200 200"
TABLE = {
    ("GET", "api-electoral-rolls"): OPEN,
    ("POST", "api-electoral-rolls"): CONVENE,
    ("GET", "api-electoral-roll"): OPEN,
    ("GET", "api-electoral-roll-lines"): "403 403 403 200 200 200 200 200",
    ("POST", "api-roll-corrections"): CONVENE,
    ("GET", "api-roll-objections"): "401 403 403 200 200 200 200 200",
    ("POST", "api-roll-objections"): WRITE,
    ("POST", "api-roll-objection-answer"): CONVENE,
    ("GET", "api-schemas"): OPEN,
    ("GET", "api-glossary"): OPEN,
    ("GET", "api-schema"): OPEN,
    ("GET", "api-openapi"): OPEN,
    ("POST", "api-tokens"): "422 422 422 422 422 422 422 422",
    ("DELETE", "api-token"): "401 401 401 401 401 401 401 401",
    ("GET", "api-rooms"): OPEN,
    ("GET", "api-room"): OPEN,
    ("GET", "api-map"): OPEN,
    ("GET", "api-mine"): "404 404 200 200 200 200 200 200",
    ("POST", "api-publication"): CONVENE,
    ("GET", "api-households-sheet"): "401 403 403 403 403 403 200 403",
    ("GET", "api-invitations"): "401 403 403 403 403 403 200 403",
    ("GET", "api-arrivals"): "401 403 403 403 403 403 200 403",
    ("POST", "api-replacement"): CONVENE,
    ("GET", "api-invitation-lists"): "401 403 403 403 403 403 200 403",
    ("POST", "api-invitation-lists"): "401 403 403 403 403 403 415 403",
    ("GET", "api-invitation-list"): "401 403 403 403 403 403 200 403",
    ("GET", "api-invitation-list-rows"): "401 403 403 403 403 403 200 403",
    # It was asked for already, by the planner.
    ("POST", "api-asking"): "401 403 403 403 403 403 409 403",
    ("POST", "api-invitation-confirmation"): "401 403 403 403 403 403 403 403",
    ("POST", "api-invitation-withdrawal"): "401 403 403 403 403 403 200 403",
    ("POST", "api-printing"): "401 403 403 403 403 403 200 403",
    ("GET", "api-mandates"): "401 403 403 403 403 403 200 403",
    ("POST", "api-people"): CONVENE,
    ("POST", "api-mandates"): CONVENE,
    ("POST", "api-revocation"): CONVENE,
    ("POST", "api-erasure"): CONVENE,
    ("GET", "api-compare"): OPEN,
    ("GET", "api-comparison"): OPEN,
    ("POST", "api-comparison-retry"): "401 403 409 409 409 409 409 409",
    ("GET", "api-packages"): OPEN,
    ("POST", "api-packages"): "401 403 403 201 201 201 201 403",
    ("GET", "api-proposals"): OPEN,
    ("GET", "api-drafts"): OPEN,
    ("GET", "api-package"): OPEN,
    ("POST", "api-revise"): "401 403 403 403 200 403 403 403",
    # It names the resident.
    ("GET", "api-draft"): "404 404 404 200 200 404 404 404",
    ("PUT", "api-draft"): "401 403 403 404 422 404 404 403",
    ("DELETE", "api-draft"): "401 403 403 404 204 404 404 403",
    ("GET", "api-joint-drafts"): OPEN,
    ("GET", "api-partners"): "404 404 404 200 200 404 404 404",
    ("POST", "api-partners"): "401 403 403 404 422 404 404 403",
    # The party of the address is not named.
    ("DELETE", "api-partner"): "401 403 403 404 404 404 404 403",
    ("POST", "api-consent"): "401 403 403 422 422 404 404 403",
    ("DELETE", "api-consent"): "401 403 403 409 403 404 404 403",
    ("POST", "api-refusal"): "401 403 403 422 422 404 404 403",
    ("POST", "api-support-withdrawal"): WRITE,
    ("POST", "api-bulk"): "401 403 403 404 422 404 404 403",
    ("GET", "api-draft-check"): "404 404 404 404 200 404 404 404",
    ("GET", "api-draft-state"): "404 404 404 404 200 404 404 404",
    ("POST", "api-undo"): "401 403 403 404 422 404 404 403",
    ("POST", "api-split"): "401 403 403 404 422 404 404 403",
    ("GET", "api-draft-sheet"): "404 404 404 404 200 404 404 404",
    ("GET", "api-draft-plots"): "404 404 404 404 200 404 404 404",
    ("POST", "api-sheet-imports"): "401 403 403 404 415 404 404 403",
    ("POST", "api-plot-imports"): "401 403 403 404 415 404 404 403",
    ("GET", "api-sheet-import"): "404 404 404 404 200 404 404 404",
    ("GET", "api-sheet-changes"): "404 404 404 404 200 404 404 404",
    # It says what the draft says: there is nothing to apply.
    ("POST", "api-application"): "401 403 403 404 409 404 404 403",
    ("POST", "api-submit"): WRITE,
    ("POST", "api-withdrawal"): WRITE,
    ("POST", "api-notice"): CONVENE,
    ("POST", "api-opening"): CONVENE,
    ("GET", "api-mediations"): OPEN,
    ("POST", "api-mediations"): WRITE,
    ("GET", "api-mediation"): OPEN,
    # The developer asked, so the developer may stop it; it has ended.
    ("POST", "api-cancellation"): "401 403 403 422 409 422 422 403",
    ("POST", "api-adoption"): "401 403 403 201 201 201 201 403",
    ("GET", "api-acceptance"): "401 403 403 200 200 200 200 403",
    ("PUT", "api-acceptance"): "401 403 403 422 422 422 422 403",
    ("GET", "api-valuation"): "401 403 403 200 200 200 200 403",
    ("PUT", "api-valuation"): "401 403 403 200 200 200 200 403",
    ("GET", "api-revision"): OPEN,
    ("GET", "api-dispositions"): OPEN,
    ("GET", "api-allocations"): OPEN,
    ("GET", "api-flows"): OPEN,
    # The package's only revision: there is nothing to compare it with unless the sender names it.
    ("GET", "api-changes"): "422 422 422 422 422 422 422 422",
    ("GET", "api-effects"): "422 422 422 422 422 422 422 422",
    ("GET", "api-responsibilities"): OPEN,
    ("GET", "api-duties-xlsx"): OPEN,
    ("POST", "api-confirmation"): "401 403 403 403 201 201 201 403",
    ("GET", "api-due-dates"): OPEN,
    ("POST", "api-duty-done"): "401 403 403 409 409 409 409 403",
    ("POST", "api-duty-correction"): WRITE,
    ("POST", "api-change-adoption"): WRITE,
    ("GET", "api-card"): OPEN,
    ("GET", "api-card-pdf"): OPEN,
    ("POST", "api-card-retry"): "401 403 409 409 409 409 409 409",
    ("POST", "api-card-recompute"): "401 403 409 409 409 409 409 409",
    ("GET", "api-computations"): OPEN,
    ("GET", "api-computation"): OPEN,
    ("GET", "api-attachments"): OPEN,
    ("POST", "api-attachments"): "401 403 403 415 415 415 415 403",
    ("GET", "api-attachment"): OPEN,
    ("GET", "api-file"): OPEN,
    ("POST", "api-removal"): WRITE,
    ("GET", "api-comments"): OPEN,
    ("POST", "api-visit"): "401 200 200 200 200 200 200 200",
    ("POST", "api-comments"): WRITE,
    # The resident's own comment: nobody agrees with themselves.
    ("POST", "api-agreement"): "401 403 403 422 204 204 204 403",
    ("DELETE", "api-agreement"): "401 403 403 409 409 409 409 403",
    ("POST", "api-answer"): CONVENE,
    ("GET", "api-clusters"): "401 403 403 403 403 403 404 403",
    ("POST", "api-clusters"): "401 403 403 403 403 403 202 403",
    ("GET", "api-moderation"): "401 403 403 403 403 200 200 403",
    ("POST", "api-reports"): WRITE,
    ("PUT", "api-reports"): CONVENE,
    ("POST", "api-hiding"): CONVENE,
    ("POST", "api-appeal"): WRITE,
    ("PUT", "api-appeal"): "401 403 403 403 403 422 422 403",
    ("GET", "api-caucuses"): "401 403 403 200 200 200 200 403",
    ("POST", "api-caucuses"): WRITE,
    # Between the resident and the developer.
    ("GET", "api-messages"): "401 403 403 200 200 404 404 403",
    ("POST", "api-messages"): "401 403 403 422 422 404 404 403",
    ("POST", "api-departure"): "401 403 403 204 204 404 404 403",
    ("GET", "api-answers"): OPEN,
    ("POST", "api-answers"): CONVENE,
    ("PUT", "api-answer-revision"): CONVENE,
    ("GET", "api-answers-xlsx"): OPEN,
    ("GET", "api-answers-docx"): OPEN,
    ("GET", "api-answers-pdf"): OPEN,
    ("GET", "api-my-comments"): "404 404 200 200 200 200 200 200",
    ("GET", "api-polls"): OPEN,
    ("POST", "api-polls"): CONVENE,
    ("GET", "api-poll"): OPEN,
    ("POST", "api-poll-closing"): "401 403 403 403 403 403 200 403",
    ("POST", "api-poll-answers"): WRITE,
    ("GET", "api-ballots"): OPEN,
    ("GET", "api-notices"): SIGNED_IN,
    ("POST", "api-all-read"): "401 204 204 204 204 204 204 204",
    # The notice is the resident's.
    ("POST", "api-one-read"): "401 404 404 200 404 404 404 404",
    ("GET", "api-preferences"): SIGNED_IN,
    ("PUT", "api-preferences"): "401 422 422 422 422 422 422 422",
    ("GET", "api-outbox"): CONVENER,
    ("GET", "api-required-notices"): CONVENER,
    ("GET", "api-unreached"): CONVENER,
    ("POST", "api-by-hand"): CONVENE,
    ("GET", "api-log"): LOG,
    ("GET", "api-log-entry"): LOG,
    ("GET", "api-checkpoints"): LOG,
    ("GET", "api-latest-checkpoint"): OPEN,
    ("GET", "api-growth"): OPEN,
    ("GET", "api-log-policy"): OPEN,
    # What is brought is a note, and its signature says who brings it.
    ("POST", "api-cosignatures"): "415 415 415 415 415 415 415 415",
    ("GET", "api-witnesses"): LOG,
    ("GET", "api-leaves"): LOG,
    ("GET", "api-bundles"): LOG,
    ("POST", "api-bundles"): "401 403 403 403 403 202 202 202",
    # The auditor asked for it.
    ("GET", "api-bundle"): "401 403 403 403 403 404 404 200",
    ("GET", "api-bundle-file"): "401 403 403 403 403 404 404 200",
    ("GET", "api-anomalies"): LOG,
    ("GET", "api-review"): LOG,
    ("GET", "api-findings"): FINDINGS,
    ("POST", "api-findings"): "401 403 403 403 403 403 403 422",
    ("GET", "api-finding"): FINDINGS,
    ("POST", "api-finding-answer"): "401 403 403 403 403 403 422 403",
    ("POST", "api-finding-question"): "401 403 403 403 403 403 403 422",
    ("POST", "api-finding-close"): "401 403 403 403 403 403 403 422",
    ("GET", "api-nothing"): "404 404 404 404 404 404 404 404",
    ("GET", "api-export"): "401 403 403 403 403 200 200 200",
    # The address says nothing of a receipt.
    ("GET", "api-receipt-check"): "422 422 422 422 422 422 422 422",
    ("GET", "api-procedure"): OPEN,
    ("GET", "api-rule"): OPEN,
    ("PUT", "api-rule"): CONVENE,
    ("POST", "api-rule-trial"): "422 422 422 422 422 422 422 422",
    ("POST", "api-choice"): CONVENE,
    ("POST", "api-advance"): CONVENE,
    ("POST", "api-reopening"): CONVENE,
    ("POST", "api-text"): CONVENE,
    ("GET", "api-reviews"): OPEN,
    ("POST", "api-reviews"): CONVENE,
    ("POST", "api-decision-publication"): CONVENE,
    ("GET", "api-overrides"): OPEN,
    ("POST", "api-overrides"): CONVENE,
    # The simple procedure knows no override.
    ("POST", "api-confirm"): "401 403 403 403 403 409 409 403",
    ("POST", "api-override-withdrawal"): "401 403 403 403 403 403 409 403",
    ("GET", "api-documents"): OPEN,
    ("POST", "api-documents"): CONVENE,
    ("POST", "api-promise"): WRITE,
    ("POST", "api-document-acceptance"): "401 403 403 403 403 403 409 403",
    ("POST", "api-document-receipt"): CONVENE,
    ("GET", "api-hearing-demands"): OPEN,
    ("POST", "api-hearing-demands"): WRITE,
    ("POST", "api-hearing-declaration"): CONVENE,
    ("GET", "api-meetings"): OPEN,
    ("POST", "api-meetings"): CONVENE,
    ("GET", "api-meeting"): OPEN,
    ("GET", "api-attendance"): OPEN,
    ("POST", "api-record"): CONVENE,
    ("POST", "api-meeting-cancellation"): CONVENE,
    ("GET", "api-proxies"): "401 403 403 200 200 200 200 403",
    ("POST", "api-proxies"): WRITE,
    ("POST", "api-proxy-acceptance"): "401 403 403 403 403 403 200 403",
    ("POST", "api-proxy-refusal"): CONVENE,
    # The resident named it.
    ("POST", "api-proxy-withdrawal"): "401 403 403 200 404 404 403 403",
    ("POST", "api-proxy-revocation"): "401 403 403 200 404 404 404 403",
    ("PUT", "api-proxy-limit"): CONVENE,
}
VOTE = {
    ("GET", "api-ballot"): OPEN,
    ("POST", "api-votes"): WRITE,
    # Nobody has voted yet.
    ("GET", "api-receipt"): "401 403 403 404 404 404 404 403",
    # It is not decided yet.
    ("GET", "api-result"): "409 409 409 409 409 409 409 409",
    ("GET", "api-roll"): "409 409 409 409 409 409 409 409",
    ("GET", "api-certificate"): "409 409 409 409 409 409 409 409",
    ("GET", "api-receipt-pdf"): "401 403 403 404 404 404 404 403",
    ("POST", "api-decision"): "401 403 403 403 403 403 409 403",
    ("POST", "api-packages"): "401 403 403 409 409 409 409 403",
    ("GET", "api-paper-roll"): OFFICIALS,
    ("GET", "api-papers"): OFFICIALS,
    ("POST", "api-papers"): "401 403 403 403 403 415 415 403",
    ("GET", "api-paper"): OFFICIALS,
    ("GET", "api-paper-scan"): OFFICIALS,
    ("POST", "api-paper-reading"): OFFICIAL_WRITES,
    ("POST", "api-paper-withdrawal"): OFFICIAL_WRITES,
    ("GET", "api-paper-prints"): OFFICIALS,
    ("POST", "api-paper-prints"): OFFICIAL_WRITES,
    ("GET", "api-paper-print"): OFFICIALS,
    ("GET", "api-paper-file"): OFFICIALS,
    # None of them shares a seat with somebody.
    ("GET", "api-co-owners"): "401 403 403 200 200 200 200 403",
    ("POST", "api-co-owners"): WRITE,
    ("GET", "api-roll-calls"): OFFICIALS,
    ("POST", "api-roll-calls"): CONVENE,
    ("GET", "api-roll-call"): OFFICIALS,
    # The planner took it down.
    ("POST", "api-roll-call-confirmation"): "401 403 403 403 403 200 403 403",
    ("POST", "api-roll-call-withdrawal"): OFFICIAL_WRITES,
}

# With a secret ballot that is closed and not opened yet.
SECRET = {
    ("GET", "api-trustees"): "200 200 200 200 200 200 200 200",
    ("PUT", "api-trustees"): "401 403 403 403 403 403 422 403",
    ("POST", "api-trust-acceptance"): "401 403 422 422 422 422 422 422",
    ("GET", "api-shares"): "200 200 200 200 200 200 200 200",
    ("POST", "api-shares"): "401 403 422 422 422 422 422 422",
    ("POST", "api-share-taking"): "401 403 422 422 422 422 422 422",
    ("GET", "api-board"): "409 409 409 409 409 409 409 409",
    ("POST", "api-giving-up"): "401 403 403 403 403 403 422 403",
}


@pytest.fixture
def parts(zhuxi, mandate) -> dict[str, object]:
    package = Package.objects.select_related("room", "proposer", "latest").get(room=zhuxi, code="A")
    draft = packages.revise_package(mandate("developer"), package)
    joint.name_partner(mandate("developer"), draft, "HH-017")
    comment = comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    second = comments.add_comment(mandate("factory"), zhuxi, "And the trucks?")
    return {
        "caucus": caucuses.open_caucus(mandate("resident"), zhuxi, "Plots", parties=["MKT-DEV"]).pk,
        "answer": answers.answer_comment(mandate("planner"), second, "adopted", "By the back gate.").pk,
        "code": "ZX-03-2026",
        "package": "A",
        "number": 1,
        "comment": comment.pk,
        "poll": asked_poll(mandate("planner"), zhuxi).pk,
        "attachment": add_attachment(mandate("resident"), zhuxi, "wall.png", picture()).pk,
        "batch": waiting(mandate("planner"), zhuxi, mandate("neighbour")).pk,
        "letter": 1,
        "file": 1,
        "import": brought(mandate("developer"), draft).pk,
        "mandate": mandate("neighbour").pk,
        "mediation": asked(mandate("developer"), zhuxi).pk,
        "name": "tongchou-case-1.json",
        "ballot": 0,
        "engine": ENGINE,
        **proceedings(mandate("planner"), zhuxi),
        **notified(mandate("resident").user, zhuxi),
        **proxy(mandate("resident"), zhuxi),
        "objection": objected(mandate("planner"), mandate("resident"), zhuxi),
        **sealed_entry(),
        "bundle": written_bundle(mandate("auditor"), zhuxi),
        "finding": found(mandate("auditor"), zhuxi),
    }


def routes() -> dict[str, object]:
    api = next(
        row
        for row in get_resolver().url_patterns
        if getattr(getattr(row, "urlconf_name", None), "__name__", "") == "negotiation.api.urls"
    )
    return {route.name: route for route in api.url_patterns}


def where(name: str, parts: dict[str, object]) -> str:
    pattern = routes()[name].pattern
    parts = {**parts, "number": parts["import" if "import/" in str(pattern) else "number"]}
    return reverse(name, kwargs={key: parts[key] for key in pattern.converters})


def test_table_knows_every_route_and_method() -> None:
    known = {(method, name) for method, name in [*TABLE, *VOTE, *SECRET]}
    real = set()
    for name, route in routes().items():
        view = getattr(route.callback, "view_class", None)
        methods = [m for m in ("get", "post", "put", "patch", "delete") if hasattr(view, m)] if view else ["get"]
        real |= {(method.upper(), name) for method in methods}
    assert real == known


def walk(table: dict[tuple[str, str], str], signed_in, parts) -> dict[tuple[str, str], str]:
    """What every role gets at each route of the table: one room for all, for each request is rolled back."""
    keys, found = sessions(signed_in), {}
    for method, name in table:
        body = {} if method in ("GET", "DELETE") else {"data": "{}", "content_type": "application/json"}
        found[method, name] = statuses(keys, method, where(name, parts), **body)
    return found


def test_routes_in_negotiation(signed_in, parts) -> None:
    assert walk(TABLE, signed_in, parts) == TABLE


def test_routes_during_vote(signed_in, parts, mandate, zhuxi) -> None:
    nothing_contested(zhuxi)
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    parts |= on_paper(mandate("planner"), ballot) | called(mandate("planner"), ballot, mandate("resident"))
    assert walk(VOTE, signed_in, parts) == VOTE


def test_routes_of_a_secret_ballot(signed_in, parts, mandate, zhuxi) -> None:
    zhuxi.roll_objections.all().delete()
    zhuxi.rolls.all().delete()
    ballot = opened_secret(mandate, zhuxi)
    end(ballot)
    voting.close_if_due(ballot)
    assert walk(SECRET, signed_in, parts | {"ballot": ballot.pk}) == SECRET
