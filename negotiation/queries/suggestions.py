"""The mediator's answers made ready for the page, as far as this person may see them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Side
from negotiation.drafting import bound_place, is_hidden
from negotiation.models import Mediation, Revision
from negotiation.permissions import Viewer
from negotiation.queries.words import LIMITS, end_word, word
from negotiation.terms import package_document

Json = dict[str, Any]
SHOWN = 200


def find_mediation(viewer: Viewer, number: int) -> Mediation:
    related = ("revision__package__room__plan", "revision__package__proposer", "revision__parent__package")
    rows = Mediation.objects.select_related(*related, "mandate__party")
    return get_object_or_404(rows, pk=number, revision__package__room=viewer.room)


def mediations(viewer: Viewer, package: str) -> QuerySet[Mediation]:
    rows = Mediation.objects.filter(revision__package__room=viewer.room, revision__package__code=package)
    return rows.select_related("mandate__party", "revision__package").order_by("-pk")


def redact_suggestion(viewer: Viewer, revision: Revision, result: Json) -> Json:
    """The answer without the terms, gains and demands of those whose rows this person may not see."""
    return _redact(viewer, package_document(revision), result) if viewer.hidden_codes else result


def _redact(viewer: Viewer, document: Json, result: Json) -> Json:
    hidden = viewer.hidden_codes
    if not hidden:
        return result
    seen = [row for row in result["changes"] if not _is_hidden_term(document, row, hidden)]
    gains = {when: {c: g for c, g in rows.items() if c not in hidden} for when, rows in result["gains"].items()}
    shown = {**result, "changes": seen, "changes_hidden": len(result["changes"]) - len(seen), "gains": gains}
    shown["gains_hidden"] = len(result["gains"].get("before", {})) - len(gains.get("before", {}))
    for key in ("binds", "conflict"):
        if key in result:
            shown[key] = [_redact_name(document, row, hidden) for row in result[key]]
    return {key: value for key, value in shown.items() if key not in ("draft", "certificate")}


def _is_hidden_term(document: Json, row: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    kind, place = bound_place(row)
    return bool(kind) and is_hidden(kind, document[kind][place], hidden)


def _redact_name(document: Json, row: Json, hidden: frozenset[str]) -> Json:
    if row.get("party") in hidden or ("term" in row and _is_hidden_term(document, row, hidden)):
        return {"code": row["code"]}
    return row


def suggestion_context(viewer: Viewer, mediation: Mediation) -> Json:
    """What `partials/suggestion.html` needs."""
    context: Json = {"mediation": mediation, "steps": step_words(mediation.step)}
    if mediation.result is None:
        return context
    document = package_document(mediation.revision)
    result = _redact(viewer, document, mediation.result)
    return context | {
        "result": result,
        "sentence": sentence(mediation.result),
        "changes": [_change(viewer, document, row) for row in result["changes"][:SHOWN]],
        "rises": _rises(viewer, result),
        "binds": _names(viewer, document, result.get("binds", [])),
        "conflict": _names(viewer, document, result.get("conflict", [])),
    }


def sentence(result: Json) -> str:
    """The answer in one sentence."""
    words = {
        "none_better": _("Nobody can gain inside these bounds without another losing."),
        "infeasible": _("No package inside these bounds meets what must be met."),
        "no_bargain": _("Inside these bounds some side can not be better off than without an agreement."),
        "not_in_steps": _("An answer exists, but not in whole items and cents."),
    }
    found = {
        "improve": _("Yes: nobody loses and all together gain more."),
        "fair": _("This is the fairest that these bounds allow."),
        "nash": _("This is where the three sides would meet."),
    }
    return words.get(result["status"]) or found[result["mode"]]


def _change(viewer: Viewer, document: Json, row: Json) -> Json:
    kind, place = bound_place(row)
    return {
        "what": _term(viewer, document, kind, place),
        "kind": kind,
        "old": Decimal(row["from"]),
        "new": Decimal(row["to"]),
        "difference": Decimal(row["to"]) - Decimal(row["from"]),
    }


def _term(viewer: Viewer, document: Json, kind: str, place: int) -> str:
    row = document[kind][place]
    if kind == "allocations":
        return f"{viewer.code_label(row['party'])} · {row['item']}"
    source, target = (end_word(viewer, row[end]) for end in ("from", "to"))
    return f"{source} → {target} · {word(row['category'])}"


def _rises(viewer: Viewer, result: Json) -> list[Json]:
    """Who gains how much, the largest first."""
    before, after = result["gains"].get("before", {}), result["gains"].get("after", {})
    rows = [{"party": viewer.code_label(code), "rise": after[code] - before[code]} for code in before]
    return sorted((row for row in rows if abs(row["rise"]) >= 0.005), key=lambda row: -row["rise"])[:SHOWN]


def _names(viewer: Viewer, document: Json, rows: list[Json]) -> list[str]:
    """Constraints in words, each once."""
    return list(dict.fromkeys(_name(viewer, document, row) for row in rows))


def _name(viewer: Viewer, document: Json, row: Json) -> str:
    party = viewer.code_label(row["party"]) if "party" in row else _("a household")
    sides = dict(Side.choices)
    words = {
        "supply": lambda: _("no more of %(item)s than is produced") % {"item": row.get("item", "")},
        "pool": lambda: _("the compensation pool in year %(year)s") % {"year": row.get("year", "")},
        "limit": lambda: _("the declared limit: %(limit)s") % {"limit": LIMITS.get(row.get("limit", ""), "")},
        "gain": lambda: _("%(party)s is not to lose") % {"party": party},
        "outside": lambda: (
            _("%(party)s is not to be worse off than without an agreement")
            % {"party": sides.get(row.get("side", ""), party)}
        ),
        "bound": lambda: _bound(viewer, document, row),
        "whole": lambda: _("items that can not be divided"),
        "private": lambda: _("a party's private demand"),
    }
    return str(words[row["code"]]())


def _bound(viewer: Viewer, document: Json, row: Json) -> str:
    if "term" not in row:
        return str(_("a bound in a household's row"))
    kind, place = bound_place(row)
    term = {"term": _term(viewer, document, kind, place)}
    return str(
        (_("the upper bound of %(term)s") if row.get("end") == "max" else _("the lower bound of %(term)s")) % term
    )


def step_words(step: str) -> str:
    words = {
        "ceiling": _("How much could all gain together?"),
        "leximin": _("Lifting those who gain least"),
        "nash": _("Looking for the bargain"),
        "rounding": _("Rounding to cents and whole items"),
        "whole": _("Rounding to cents and whole items"),
        "conflict": _("Looking for what can not hold together"),
    }
    name, _space, count = step.partition(" ")
    return f"{words.get(name, _('Searching'))} {count if '/' in count else ''}".strip()
