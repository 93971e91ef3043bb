"""The editor of a draft: a page of rows at a time, live totals and gates, saved while one types, by several at once."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation import drafting, drafts, packages
from negotiation.consents import CONSENT_MISSING
from negotiation.models import Draft
from negotiation.permissions import Viewer
from negotiation.presence import be_present, others_present
from negotiation.queries.attachments import files_of
from negotiation.queries.drafts import Fault, check_draft, draft_totals, editor_rows, tell_clashes, tell_fault
from negotiation.queries.overview import map_words
from negotiation.queries.packages import find_draft
from negotiation.terms import Document, room_parties
from negotiation.web import forms
from negotiation.web.rooms import acting, in_room, page, read_number

MOST_ROWS = 2_000  # of one kind that one page may send
FORMS: dict[str, Any] = {
    "dispositions": forms.DispositionForm,
    "allocations": forms.AllocationForm,
    "flows": forms.FlowForm,
}
RENAMED = {"from": "source", "to": "target"}
NAMES = {new: old for old, new in RENAMED.items()}
FIELDS = {**RENAMED, "negotiable": "low", "negotiable.min": "low", "negotiable.max": "high"}
NO_DATA = ("row", "pick", "DELETE")


@require_http_methods(["GET", "POST"])
@in_room
def edit_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Edit the three kinds of terms; save keeps faults, submit refuses them beside their fields."""
    draft = find_draft(viewer, package)
    if request.method == "GET":
        return Editor(request, viewer, draft).show(saved="saved" in request.GET)
    return Posted(request, viewer, draft).answer()


@require_safe
@in_room
def draft_state(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Who else has the draft open, and whether somebody saved since the page was; asking says that one is there."""
    draft = find_draft(viewer, package)
    be_present(acting(viewer).user_id, draft)
    return render(request, "negotiation/partials/draft_state.html", _state(request, viewer, draft))


def _state(request: HttpRequest, viewer: Viewer, draft: Draft) -> dict[str, Any]:
    known = read_number(request.GET.get("version", "")) or draft.version
    others = others_present(viewer.user.pk or 0, draft)
    # Of their own saves nobody needs to be told.
    stale = draft.version > known and draft.saved_by.user_id != viewer.user.pk
    return {"viewer": viewer, "room": viewer.room, "draft": draft, "others": others, "stale": stale}


class Editor:
    """A draft as it is saved, on a page that one may write in."""

    def __init__(self, request: HttpRequest, viewer: Viewer, draft: Draft) -> None:
        self.request, self.viewer, self.draft = request, viewer, draft
        asked = request.POST if request.method == "POST" else request.GET
        self.find = asked.get("find", "")[:80]
        found = asked.get("found", self.find)
        # Of another search, or of pages that the search has just made fewer, the first page is shown.
        self.pages = {kind: asked.get(f"page-{kind}", "") if found == self.find else "" for kind in FORMS}
        self.items = forms.item_choices(viewer.room)

    def rows(self, kind: str) -> Any:
        return editor_rows(self.viewer, self.draft.document, kind, self.find, self.pages[kind])

    def show(self, *, faults: Sequence[Fault] = (), status: int = 200, **context: Any) -> HttpResponse:
        """The page of what is saved, with faults beside their fields."""
        sets, pages = {}, {}
        for kind in FORMS:
            pages[kind] = self.rows(kind)
            sets[kind] = self._unbound(kind, pages[kind].object_list)
            marked = {form.initial["row"]: form for form in sets[kind].initial_forms}
            for fault in faults:
                if fault.kind == kind and fault.place in marked:
                    mark(marked[fault.place], fault)
        return self.render(forms.HeadForm(initial=self.draft.document), sets, pages, status, faults=faults, **context)

    def formset(self, kind: str, extra: int) -> Any:
        rows = formset_factory(FORMS[kind], formset=forms.TermRows, extra=extra, can_delete=True, max_num=MOST_ROWS)
        return partial(rows, form_kwargs={"items": self.items} if kind == "allocations" else {}, prefix=kind)

    def _unbound(self, kind: str, rows: list[tuple[int, Document]]) -> Any:
        initial = [
            {RENAMED.get(key, key): value for key, value in forms.BoundedForm.opened(row).items()} | {"row": place}
            for place, row in rows
        ]
        return self.formset(kind, 1)(initial=initial)

    def render(
        self, head: Any, sets: dict[str, Any], pages: dict[str, Any], status: int, **context: Any
    ) -> HttpResponse:
        draft, viewer = self.draft, self.viewer
        titles = {"dispositions": _("Land"), "allocations": _("Allocations"), "flows": _("Money")}
        hidden = drafting.hidden_summary(draft.document, viewer.hidden_codes)
        context = {
            "draft": draft,
            "version": draft.version,
            "head": head,
            "sets": [
                {"title": titles[kind], "kind": kind, "rows": rows, "hidden": hidden[kind], "page": pages[kind]}
                for kind, rows in sets.items()
            ],
            "find": self.find,
            "map_words": json.dumps(map_words(), ensure_ascii=False),
            "taken": json.dumps(sorted({str(row.get("parcel", "")) for row in draft.document["dispositions"]})),
            "parties": _party_options(viewer),
            "parcels": forms.parcel_options(viewer.room),
            **live_context(viewer, draft.document),
            **_state(self.request, viewer, draft),
            "partner_count": draft.partners.count(),
            "steps": draft.steps.filter(passing=False).count(),
            "file_count": files_of(viewer, package=draft.package).filter(removed_at=None).count(),
            **context,
        }
        return page(self.request, viewer, "negotiation/draft.html", context, status=status)


class Posted(Editor):
    """What was written on such a page, made of the draft's `version`."""

    def __init__(self, request: HttpRequest, viewer: Viewer, draft: Draft) -> None:
        super().__init__(request, viewer, draft)
        self.version = read_number(request.POST.get("version", ""))
        self.head = forms.HeadForm(request.POST)
        self.sets = {kind: self.formset(kind, 0)(request.POST) for kind in FORMS}

    def answer(self) -> HttpResponse:
        asked = self.request.POST
        try:
            if not (self.head.is_valid() and all(rows.is_valid() for rows in self.sets.values())):
                return self._unread()
            base = drafts.document_at(self.draft, self.version)
            document = self._document(base)
            if "totals" in asked:
                return self._live(document)
            return self._autosave(base, document) if "autosave" in asked else self._save(base, document)
        except Conflict as refusal:
            if "autosave" in asked:
                return JsonResponse({"message": refusal.message}, status=409)
            self.head.add_error(None, refusal.message)
            return self._again()

    def _unread(self) -> HttpResponse:
        if "autosave" in self.request.POST or "totals" in self.request.POST:
            return JsonResponse({"message": _("Not saved yet: something can not be read.")}, status=422)
        return self._again(faulty=True)

    def _again(self, **context: Any) -> HttpResponse:
        """The page as it was written, for what could not be saved."""
        # The version that was read stays in the form: what is saved over it must be put together with it.
        pages = {kind: self.rows(kind) for kind in FORMS}
        return self.render(self.head, self.sets, pages, 422, version=self.version, **context)

    def _page(self, kind: str) -> tuple[list[Any], drafting.Edited, list[int]]:
        """The forms of the rows on the page, those rows, and the places that were taken out."""
        known = [form for form in self.sets[kind].forms if form.is_row]
        kept = [form for form in known if not form.cleaned_data.get("DELETE")]
        out = [form.cleaned_data["row"] for form in known if form.cleaned_data.get("DELETE")]
        return kept, [_row(form) for form in kept], [place for place in out if place is not None]

    def _document(self, base: Document) -> Document:
        hidden, edited = self.viewer.hidden_codes, {}
        for kind in FORMS:
            _forms, rows, out = self._page(kind)
            edited[kind] = drafting.with_page(base, kind, rows, out, hidden)
        return {**drafting.merge(base, edited, hidden), **self.head.cleaned_data}

    def _live(self, document: Document) -> HttpResponse:
        context = {"viewer": self.viewer, "room": self.viewer.room, "draft": self.draft}
        return render(self.request, "negotiation/partials/live.html", context | live_context(self.viewer, document))

    def _autosave(self, base: Document, document: Document) -> HttpResponse:
        saved = drafts.autosave_draft(acting(self.viewer), self.draft, document, self.version)
        state = render_to_string("negotiation/partials/saved.html", {"draft": saved}, self.request)
        steps = saved.steps.filter(passing=False).count()
        return JsonResponse({"version": saved.version, "html": state, "rows": self._places(base), "steps": steps})

    def _places(self, base: Document) -> dict[str, int | None]:
        """Name of each row's hidden field → where the row stands now; None for one that was taken out."""
        found: dict[str, int | None] = {}
        for kind in FORMS:
            kept, rows, out = self._page(kind)
            places = drafting.places_after(base, kind, rows, out, self.viewer.hidden_codes)
            found |= {form.add_prefix("row"): None for form in self.sets[kind].forms}
            found |= {form.add_prefix("row"): place for form, place in zip(kept, places, strict=True)}
        return found

    def _save(self, base: Document, document: Document) -> HttpResponse:
        mandate = acting(self.viewer)
        stale = self.draft.version != self.version
        self.draft, clashes = drafts.save_together(mandate, self.draft, document, self.version)
        if told := tell_clashes(self.viewer, clashes):
            return self.show(clashes=told, status=409)
        if "submit" in self.request.POST:
            return self._submit()
        if "bulk" in self.request.POST and not stale:
            return redirect(self._bulk(base, self.request.POST["bulk"]))
        return redirect(f"{self._address()}?{self._query()}")

    def _submit(self) -> HttpResponse:
        try:
            packages.submit_package(acting(self.viewer), self.draft, self.draft.version)
        except Invalid as refusal:
            faults = [tell_fault(path, message) for path, message in refusal.fields.items()]
            return self.show(faults=faults, status=422)
        except WrongPhase as refusal:
            if refusal.code != CONSENT_MISSING:
                raise
            return self.show(refused=refusal.message, status=422)  # what was typed is saved
        return redirect("package", self.viewer.room.code, self.draft.package.code)

    def _address(self, name: str = "draft") -> str:
        return reverse(name, args=[self.viewer.room.code, self.draft.package.code])

    def _query(self) -> str:
        pages = {f"page-{kind}": number for kind, number in self.pages.items() if number not in ("", "1")}
        return urlencode({"saved": "1", **({"find": self.find} if self.find else {}), **pages})

    def _bulk(self, base: Document, kind: str) -> str:
        """The page of one change to many rows, for those that are ticked."""
        if kind not in drafting.AMOUNTS:
            return self._address()
        places = self._places(base)
        ticked = [form.add_prefix("row") for form in self._page(kind)[0] if form.cleaned_data.get("pick")]
        rows = ", ".join(str((places[name] or 0) + 1) for name in ticked)
        return f"{self._address('bulk')}?{urlencode({'kind': kind, 'rows': rows})}"


def mark(form: Any, fault: Fault) -> None:
    """Put a fault beside the field that holds what it is about, or beside the row's first field."""
    # `yields[0].quantity` is shown at the field that holds the list.
    name = FIELDS.get(fault.field) or FIELDS.get(fault.part, fault.part)
    form.mark(name if name in form.fields else next(iter(form.visible_fields())).name, fault.message)


def _row(form: Any) -> tuple[int | None, Document]:
    data = {NAMES.get(key, key): value for key, value in form.cleaned_data.items() if key not in NO_DATA}
    return form.cleaned_data.get("row"), data


def _party_options(viewer: Viewer) -> list[tuple[str, str]]:
    parties = room_parties(viewer.room)
    return [(row.code, viewer.label(row)) for row in parties if row.code not in viewer.hidden_codes]


def live_context(viewer: Viewer, document: Document) -> dict[str, Any]:
    """Totals of a draft and what stands in its way."""
    return {**draft_totals(viewer, document), "check": check_draft(viewer, document)}
