"""Search and the lists of a room with 5,000 comments, against the bare SQL that a database offers without an index.

The act that is measured is what a page asks for: the first twenty threads that fit, and how many there are.
"""

import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection

from bench import place
from bench.clock import ms, p95, row, seconds, times

if TYPE_CHECKING:
    from negotiation.permissions import Viewer

COMMENTS = 5_000
RUNS = 60
SEARCHES = ("电梯", "停", "加装费用", "绿化 停车", "东门第三", "没有人说过")
TOPICS = ("电梯加装费用怎么分摊", "停车位太少，希望多建", "绿化带能不能再宽一点", "学校操场太小", "东门的道路噪声很大")
ENDS = ("请答复。", "我们全楼都这样想。", "以前说过一次。", "希望写进方案。", "老人走路不方便。")
BARE = (
    "SELECT id, body FROM negotiation_comment WHERE room_id = %s AND parent_id IS NULL AND {} ORDER BY id DESC LIMIT 20"
)
COUNT = "SELECT count(*) FROM negotiation_comment WHERE room_id = %s AND parent_id IS NULL AND {}"


def main() -> None:
    place.stage()
    viewer = fill()
    row(f"p95 of {RUNS}", "ours", "bare SQL", "ratio")
    for search in SEARCHES:
        report(f"search {search}", partial(page, viewer, search=search), partial(bare, viewer, search))
    for sort in ("newest", "agreed", "unanswered"):
        report(sort, partial(page, viewer, sort=sort), partial(bare, viewer, ""))
    show_plan(viewer)


def report(name: str, ours: Callable[[], object], bare_sql: Callable[[], object]) -> None:
    took, least = tail(ours), tail(bare_sql)
    row(name, ms(took), ms(least), times(took / least))


def tail(work: Callable[[], object]) -> float:
    work()
    return p95([seconds(work) for _run in range(RUNS)])


def page(viewer: "Viewer", **wanted: str) -> list[object]:
    """The rows and their number, without what a page shows beside them."""
    from negotiation.queries.comments import threads

    rows = threads(viewer, **wanted)
    return [rows.count(), *rows.select_related(None).prefetch_related(None).values_list("pk", "body")[:20]]


def bare(viewer: "Viewer", search: str) -> None:
    words = search.split()
    condition = " AND ".join("body LIKE %s" for _word in words) or "true"
    values = [viewer.room.pk, *(f"%{word}%" for word in words)]
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(condition), values)
        cursor.fetchall()
        cursor.execute(BARE.format(condition), values)
        cursor.fetchall()


def show_plan(viewer: "Viewer") -> None:
    from negotiation.queries.comments import threads

    plan = threads(viewer, search=SEARCHES[2])[:20].explain()
    used = "comment_grams" in plan
    print(f"  the plan of a search {'reads' if used else 'does not read'} the index comment_grams")
    if not used:
        raise SystemExit(plan)


def fill() -> "Viewer":
    """5,000 comments of households in the demo's room, always the same."""
    from accounts.models import Mandate, User
    from negotiation.models import Comment, Room
    from negotiation.permissions import look

    room, dice = Room.objects.get(code=place.ROOM), random.Random(5)
    mandate = Mandate.objects.get(user__username="neighbour", party__realm=place.ROOM)
    common = {"room": room, "party": mandate.party, "mandate": mandate}
    bodies = [f"第{n}号：{dice.choice(TOPICS)}，{dice.choice(ENDS)}" for n in range(COMMENTS)]
    rows = (Comment(body=body, agreed=dice.randrange(40), **common).index() for body in bodies)
    Comment.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE negotiation_comment")
    return look(User.objects.get(username="neighbour"), place.ROOM)
