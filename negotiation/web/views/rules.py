"""The room's decision rule: read, tried with totals, chosen from the presets or written anew."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, Invalid
from negotiation import ruling
from negotiation.permissions import Viewer
from negotiation.queries import trustees
from negotiation.queries.tallies import tell_count
from negotiation.rules import presets
from negotiation.terms import digest
from negotiation.web.forms import ReasonForm
from negotiation.web.rooms import acting, in_room, page
from negotiation.web.rule_forms import CHAMBERS, MEASURES, RuleForm, TrialForm, opened, written

Document = dict[str, Any]


@require_safe
@in_room
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The rule in words, and what it would decide if so many said this and so many that."""
    rule = viewer.room.rule
    context = {"rule": rule, "may_set": viewer.can("set_rule"), **_trial(viewer, rule, request.GET)}
    context["warnings"] = trustees.warnings(viewer.room, rule)
    return page(request, viewer, "negotiation/rule.html", context)


@require_http_methods(["GET", "POST"])
@in_room
def edit(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A rule is begun from the room's own or from a preset, tried, and set with a reason."""
    mandate = acting(viewer, "convene")
    asked = request.POST if request.method == "POST" else request.GET
    known, start = presets(), asked.get("start", "")
    base = known.get(start, viewer.room.rule)
    context: Document = {"presets": known.values(), "start": start, "known": digest(viewer.room.rule)}
    if request.method == "GET":
        head, chambers, measures = opened(base)
        forms = (RuleForm(initial=head), _chambers(initial=chambers), _measures(initial=measures))
        return _editor(request, viewer, base, forms, ReasonForm(), context)
    forms = (RuleForm(request.POST), _chambers(request.POST), _measures(request.POST))
    reason = ReasonForm(request.POST)
    if {form.is_valid() for form in forms} != {True}:
        return _editor(request, viewer, base, forms, reason, context, status=422)
    rule, faults = written(*forms, base), {}
    try:
        ruling.check_rule(viewer.room, rule)
        if "set" in request.POST and reason.is_valid():
            ruling.set_rule(mandate, viewer.room, rule, reason.cleaned_data["reason"], request.POST.get("known", ""))
            return redirect("rule", viewer.room.code)
    except Invalid as refusal:
        faults = refusal.fields
    except Conflict as refusal:
        faults = {"": refusal.message}
    shown = reason if "set" in request.POST else ReasonForm(initial={"reason": request.POST.get("reason", "")})
    status = 422 if faults or "set" in request.POST else 200
    return _editor(request, viewer, rule, forms, shown, context | {"faults": faults}, status=status)


def _chambers(data: Any = None, initial: Any = None) -> Any:
    return CHAMBERS(data, initial=initial, prefix="chambers")


def _measures(data: Any = None, initial: Any = None) -> Any:
    return MEASURES(data, initial=initial, prefix="measures")


def _editor(
    request: HttpRequest,
    viewer: Viewer,
    rule: Document,
    forms: tuple[Any, Any, Any],
    reason: ReasonForm,
    context: Document,
    status: int = 200,
) -> HttpResponse:
    head, chambers, measures = forms
    context |= {"rule": rule, "head": head, "chambers": chambers, "measures": measures, "reason": reason}
    context |= {"sets": [(chambers, "chambers"), (measures, "measures")]}
    trial = {} if context.get("faults") or status == 422 else _trial(viewer, rule, request.POST)
    if trial:
        trial["warnings"] = trustees.warnings(viewer.room, rule)
    return page(request, viewer, "negotiation/rule_edit.html", context | trial, status=status)


def _trial(viewer: Viewer, rule: Document, asked: Mapping[str, str]) -> Document:
    """The bench of a rule that fits the room: its form, and what comes out where totals are given."""
    form = TrialForm(asked, rule=rule, entitled=ruling.entitled(viewer.room, rule))
    totals = form.given()
    if not totals:
        return {"trial": form}
    try:
        count = ruling.try_rule(viewer.room, rule, totals)
    except Invalid as refusal:
        return {"trial": form, "trial_faults": list(dict.fromkeys(refusal.fields.values()))}
    return {"trial": form, "count": count, "chambers_told": tell_count(count, rule)}
