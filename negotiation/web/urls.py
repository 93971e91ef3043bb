"""Pages. Every route is also in the table of who may do what (tests/negotiation/test_access.py)."""

from django.urls import path

from negotiation.web.views import ballots, comments, log, mandates, packages, rooms

ROOM = "rooms/<str:code>/"
urlpatterns = [
    path("", rooms.home, name="home"),
    path(ROOM, rooms.room, name="room"),
    path(ROOM + "map.json", rooms.room_map, name="room-map"),
    path(ROOM + "mine/", rooms.mine, name="mine"),
    path(ROOM + "procedure/", rooms.procedure, name="procedure"),
    path(ROOM + "mandate/", rooms.choose_mandate, name="mandate"),
    path(ROOM + "shell/", rooms.choose_shell, name="shell"),
    path(ROOM + "publish/", rooms.publish_room, name="publish-room"),
    path(ROOM + "mandates/", mandates.mandate_list, name="mandates"),
    path(ROOM + "mandates/<int:mandate>/revoke/", mandates.revoke, name="revoke-mandate"),
    path(ROOM + "people/", mandates.people, name="people"),
    path(ROOM + "packages/", packages.package_list, name="packages"),
    path(ROOM + "packages/list/", packages.package_cards, name="package-cards"),
    path(ROOM + "packages/new/", packages.start_package, name="start-package"),
    path(ROOM + "packages/<str:package>/", packages.package, name="package"),
    path(ROOM + "packages/<str:package>/<int:number>/", packages.package, name="revision"),
    path(ROOM + "packages/<str:package>/<int:number>/card/", packages.card_fragment, name="card"),
    path(ROOM + "packages/<str:package>/<int:number>/rescore/", packages.retry_card, name="retry-card"),
    path(ROOM + "packages/<str:package>/revise/", packages.revise_package, name="revise-package"),
    path(ROOM + "packages/<str:package>/draft/", packages.edit_draft, name="draft"),
    path(ROOM + "packages/<str:package>/discard/", packages.discard_draft, name="discard-draft"),
    path(ROOM + "packages/<str:package>/notice/", ballots.publish_notice, name="notice"),
    path(ROOM + "packages/<str:package>/ballot/", ballots.open_ballot, name="open-ballot"),
    path(ROOM + "compare/", packages.compare, name="compare"),
    path(ROOM + "comments/", comments.comment_list, name="comments"),
    path(ROOM + "comments/list/", comments.comment_fragment, name="comment-list"),
    path(ROOM + "comments/<int:comment>/answer/", comments.answer, name="answer"),
    path(ROOM + "ballots/", ballots.ballot_list, name="ballots"),
    path(ROOM + "ballots/<int:ballot>/", ballots.ballot, name="ballot"),
    path(ROOM + "ballots/<int:ballot>/tally/", ballots.tally_fragment, name="tally"),
    path(ROOM + "ballots/<int:ballot>/vote/", ballots.vote, name="vote"),
    path(ROOM + "ballots/<int:ballot>/decide/", ballots.decide, name="decide"),
    path(ROOM + "log/", log.log, name="log"),
    path(ROOM + "log/entries.jsonl", log.export, name="log-export"),
]
