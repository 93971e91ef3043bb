"""Routes of the API: everything that a page does, under /api/v1/."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from negotiation.api.views import cards, changes, comparison, log, mediation, packages, printing, rooms, site, talk

ROOM = "v1/rooms/<str:code>/"
PACKAGE = ROOM + "packages/<str:package>/"
REVISION = PACKAGE + "revisions/<int:number>/"
urlpatterns = [
    path("schemas/", site.schema_list, name="api-schemas"),
    path("schemas/<str:name>", site.one_schema, name="api-schema"),
    path("v1/openapi.json", SpectacularJSONAPIView.as_view(), name="api-openapi"),
    path("v1/tokens/", site.Tokens.as_view(), name="api-tokens"),
    path("v1/tokens/current/", site.CurrentToken.as_view(), name="api-token"),
    path("v1/rooms/", rooms.Rooms.as_view(), name="api-rooms"),
    path(ROOM, rooms.OneRoom.as_view(), name="api-room"),
    path(ROOM + "map/", rooms.RoomMap.as_view(), name="api-map"),
    path(ROOM + "mine/", rooms.Mine.as_view(), name="api-mine"),
    path(ROOM + "publication/", rooms.Publication.as_view(), name="api-publication"),
    path(ROOM + "people/", rooms.People.as_view(), name="api-people"),
    path(ROOM + "mandates/", rooms.Mandates.as_view(), name="api-mandates"),
    path(ROOM + "mandates/<int:mandate>/revocation/", rooms.Revocation.as_view(), name="api-revocation"),
    path(ROOM + "compare/", comparison.Compare.as_view(), name="api-compare"),
    path(ROOM + "comparison/", comparison.Comparison.as_view(), name="api-comparison"),
    path(ROOM + "comparison/retry/", comparison.ComparisonRetry.as_view(), name="api-comparison-retry"),
    path(ROOM + "packages/", packages.Packages.as_view(), name="api-packages"),
    path(ROOM + "proposals/", packages.Proposals.as_view(), name="api-proposals"),
    path(ROOM + "drafts/", packages.Drafts.as_view(), name="api-drafts"),
    path(PACKAGE, packages.OnePackage.as_view(), name="api-package"),
    path(PACKAGE + "revise/", packages.Revise.as_view(), name="api-revise"),
    path(PACKAGE + "draft/", packages.OneDraft.as_view(), name="api-draft"),
    path(PACKAGE + "draft/submit/", packages.Submit.as_view(), name="api-submit"),
    path(PACKAGE + "withdrawal/", packages.Withdrawal.as_view(), name="api-withdrawal"),
    path(PACKAGE + "notice/", packages.Notice.as_view(), name="api-notice"),
    path(PACKAGE + "ballot/", talk.Opening.as_view(), name="api-opening"),
    path(PACKAGE + "mediations/", mediation.Mediations.as_view(), name="api-mediations"),
    path(ROOM + "mediations/<int:mediation>/", mediation.OneMediation.as_view(), name="api-mediation"),
    path(ROOM + "mediations/<int:mediation>/cancellation/", mediation.Cancellation.as_view(), name="api-cancellation"),
    path(ROOM + "mediations/<int:mediation>/adoption/", mediation.Adoption.as_view(), name="api-adoption"),
    path(ROOM + "valuation/", mediation.OwnValuation.as_view(), name="api-valuation"),
    path(REVISION, packages.OneRevision.as_view(), name="api-revision"),
    path(REVISION + "dispositions/", packages.Dispositions.as_view(), name="api-dispositions"),
    path(REVISION + "allocations/", packages.Allocations.as_view(), name="api-allocations"),
    path(REVISION + "flows/", packages.Flows.as_view(), name="api-flows"),
    path(REVISION + "changes/", changes.Changes.as_view(), name="api-changes"),
    path(REVISION + "effects/", changes.Effects.as_view(), name="api-effects"),
    path(REVISION + "card/", cards.Card.as_view(), name="api-card"),
    path(REVISION + "card.pdf", printing.CardPdf.as_view(), name="api-card-pdf"),
    path(REVISION + "card/retry/", cards.CardRetry.as_view(), name="api-card-retry"),
    path(REVISION + "card/recompute/", cards.CardRecompute.as_view(), name="api-card-recompute"),
    path(REVISION + "cards/", cards.Computations.as_view(), name="api-computations"),
    path(REVISION + "cards/<str:engine>/", cards.OneComputation.as_view(), name="api-computation"),
    path(ROOM + "comments/", talk.Comments.as_view(), name="api-comments"),
    path(ROOM + "comments/<int:comment>/answer/", talk.Answer.as_view(), name="api-answer"),
    path(ROOM + "ballots/", talk.Ballots.as_view(), name="api-ballots"),
    path(ROOM + "ballots/<int:ballot>/", talk.OneBallot.as_view(), name="api-ballot"),
    path(ROOM + "ballots/<int:ballot>/votes/", talk.Votes.as_view(), name="api-votes"),
    path(ROOM + "ballots/<int:ballot>/decision/", talk.Decision.as_view(), name="api-decision"),
    path(ROOM + "log/", log.Entries.as_view(), name="api-log"),
    path(ROOM + "log/entries.jsonl", log.Export.as_view(), name="api-export"),
    re_path("", site.nothing, name="api-nothing"),
]
