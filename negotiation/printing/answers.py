"""意见采纳情况 as files: a workbook, a document, a paper. The same rows as the page, the same for every reader."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from negotiation.models import Answer, Comment, Room
from negotiation.permissions import Viewer
from negotiation.printing.office import DOCX, XLSX, Row, Sheet, document, workbook
from negotiation.printing.papers import File, Paper
from negotiation.printing.shapes import Shape
from negotiation.queries.answers import Outcome, answered, outcome, tally
from negotiation.templatetags.tongchou import cn_date, side_name

Wanted = dict[str, str]
CHUNK = 500


def answers_xlsx(viewer: Viewer, wanted: Wanted) -> File:
    room = viewer.room
    rows: Iterator[Row] = ([row.number, *_texts(row)] for row in _outcomes(room, wanted))
    counts = tally(room)
    summary: list[Row] = [[label, *numbers] for label, numbers in counts.rows]
    widths = (8, 18, 10, 20, 14, 60, 14, 60, 14)
    sheets: list[Sheet] = [
        (_title(), [_("No."), *_heads()], widths, rows),
        (_("Counts"), [_("Answer"), *counts.heads], (18, 12, 12, 12, 12), summary),
    ]
    return File(workbook(sheets), XLSX, f"{room.code}-answers.xlsx")


def answers_docx(viewer: Viewer, wanted: Wanted) -> File:
    room = viewer.room
    rows: Iterator[Row] = ([str(row.number), *_texts(row)] for row in _outcomes(room, wanted))
    counts = tally(room)
    summary: list[Row] = [[label, *map(str, numbers)] for label, numbers in counts.rows]
    tables: list[Sheet] = [
        (_("Counts"), [_("Answer"), *counts.heads], (60, 30, 30, 30, 30), summary),
        (_("Every comment"), [_("No."), *_heads()], (13, 26, 14, 28, 23, 62, 20, 62, 19), rows),
    ]
    return File(document(_title(), _facts(room, wanted), tables), DOCX, f"{room.code}-answers.docx")


def answers_paper(viewer: Viewer, wanted: Wanted) -> Paper:
    room, counts = viewer.room, tally(viewer.room)
    numeric = [{"label": label, "numeric": place > 0} for place, label in enumerate([_("Answer"), *counts.heads])]
    summary = [[label, *map(str, numbers)] for label, numbers in counts.rows]
    data = _frame(room) | {
        "facts": _facts(room, wanted),
        "tally": {"caption": "", "columns": numeric, "rows": summary, "total": None},
        "heads": [_("No."), _("Said by, about"), _("The comment"), _("Answer"), _("Reason")],
        "rows": [_printed(row) for row in _outcomes(room, wanted)],
    }
    return Paper("answers.typ", data, f"{room.code}-answers.pdf")


def _frame(room: Room) -> Shape:
    """What every page of it carries. Its date is that of the last change: printed again it is the same paper."""
    day = timezone.localtime(_last_change(room)).date()
    return {
        "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "date": day.isoformat(),
        "title": _title(),
        "author": str(room),
        "running": {"left": f"{room.code} {room.plan.title}", "right": _title()},
        "footer": {"text": _("As of %(day)s") % {"day": cn_date(day)}, "digest": ""},
        "words": {
            "kicker": room.plan.title,
            "counts": _("Counts"),
            "every": _("Every comment"),
            "none": _("Nobody has said anything yet."),
            "page_of": _("page {page} of {pages}"),
        },
    }


def _title() -> str:
    return str(_("What became of what was said"))


def _heads() -> list[str]:
    words = (_("Said by"), _("Side"), _("About"), _("Said on"), _("The comment"), _("Answer"), _("Reason"))
    return [*words, _("Carried by")]


def _texts(row: Outcome) -> list[str]:
    told = (row.who, row.side_name, row.about, cn_date(row.said_at), row.said)
    return [*told, row.verdict_name, row.reason, row.carried]


def _printed(row: Outcome) -> list[str]:
    by = f"{row.who}\n{row.side_name}\n{row.about}\n{cn_date(row.said_at)}"
    carried = _("in %(revision)s") % {"revision": row.carried} if row.carried else ""
    return [str(row.number), by, row.said, f"{row.verdict_name}\n{carried}".strip(), row.reason]


def _facts(room: Room, wanted: Wanted) -> list[str]:
    """What the table is, and what was left out by filters."""
    facts = [
        _("Everything said in the room %(room)s, with the convener's answer. Households stand here by their code.")
        % {"room": f"{room.code} {room.plan.title}"}
    ]
    names = {**dict(Answer.Verdict.choices), "open": _("Not yet answered")}
    if chosen := wanted.get("verdict"):
        facts.append(_("Only with the answer: %(answer)s") % {"answer": names.get(chosen, chosen)})
    if chosen := wanted.get("side"):
        facts.append(_("Only from the side: %(side)s") % {"side": side_name(chosen)})
    if chosen := wanted.get("package"):
        facts.append(_("Only about package %(package)s") % {"package": chosen})
    return facts


def _outcomes(room: Room, wanted: Wanted) -> Iterator[Outcome]:
    return map(outcome, answered(room, **wanted).iterator(CHUNK))


def _last_change(room: Room) -> datetime:
    said = Comment.objects.filter(room=room).aggregate(at=Max("created_at"))["at"]
    told = Answer.objects.filter(room=room).aggregate(at=Max("created_at"))["at"]
    return max(moment for moment in (room.created_at, said, told) if moment)
