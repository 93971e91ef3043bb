"""How figures, dates and names are written on pages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Party, Side
from negotiation.calendars import moment_words
from negotiation.duties import DUTIES, Facts
from negotiation.figures import CENT, area, blank, decimal, exact, figure, index, mu, number, percent, wan, yuan
from negotiation.models import Disposition, Revision, Room
from negotiation.permissions import Viewer
from negotiation.queries import joint
from negotiation.queries.due import Dates
from negotiation.queries.electoral import weight_words
from negotiation.queries.figures.parts import Cell, Column, Table
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.glossary import TERMS
from negotiation.queries.tallies import state_words, way_words
from negotiation.queries.words import duty_state, end_word, land_use_name, stage_name, term_words, unit_word, word
from notifications.outbox import masked

register = template.Library()


@register.simple_tag
def colon() -> str:
    """What stands between a word and what it is about: Chinese has a wide one, without a blank."""
    return pgettext("punctuation", ": ")


for filter_ in (wan, yuan, area, mu, number, exact, figure, percent, index):
    register.filter(filter_)
register.filter("land_use", land_use_name)
register.filter(word)
register.filter(unit_word)
register.filter(term_words)
register.filter(joint.void_words)
register.filter(stage_name)
register.filter(duty_state)
register.filter(masked)
register.filter(way_words)


@register.filter
def money(value: Any) -> SafeString | str:
    """万元 with the exact yuan carried along for who asks."""
    if blank(value):
        return "—"
    return format_html(
        '<data class="num" value="{}" title="{} {}">{}</data>', value, yuan(value), _("yuan"), wan(value)
    )


@register.filter
def gain(value: Any) -> SafeString | str:
    """A gain with its word: "多得 3.20 万元" or "少得 0.85 万元"."""
    if blank(value):
        return "—"
    amount = decimal(value)
    if abs(amount) < CENT:
        return str(_("no more and no less"))
    sign, words = ("plus", _("%(wan)s 万元 more")) if amount > 0 else ("minus", _("%(wan)s 万元 less"))
    return format_html(
        '<span class="gain-{} num" title="{} {}">{}</span>',
        sign,
        yuan(value),
        _("yuan"),
        words % {"wan": wan(abs(amount))},
    )


@register.filter
def signed(value: Any, form: str) -> SafeString | str:
    """A difference with its sign: yuan in 万元 with the exact yuan carried along, or a plain number."""
    if blank(value):
        return "—"
    sign = "+" if decimal(value) > 0 else ""
    return format_html("<span>{}{}</span>", sign, money(value) if form == "money" else number(value))


@register.filter
def cell(value: Cell) -> SafeString | str:
    """A cell of the scorecard in its form; money in 万元 carries the exact yuan along."""
    return money(value.value) if value.form == "money" else cell_text(value)


@register.filter
def parts(rows: Any, names: dict[str, str]) -> str:
    """What a piece of land yields or uses up, in words."""
    said = [f"{names.get(row.get('item'), row.get('item', ''))} {exact(row.get('quantity'))}" for row in rows or ()]
    return "; ".join(said)


@register.filter
def cells(table: Table, row: Sequence[Cell]) -> list[tuple[Column, Cell]]:
    """The cells of a row, each with the head of its column."""
    return list(zip(table.columns, row, strict=True))


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """2026年11月23日, in Shanghai's time."""
    if not value:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, _("Y-m-d"))


@register.filter
def due_words(dates: Dates) -> str:
    """From the first due date to the last, with what is done and what is late in words."""
    days = "–".join(dict.fromkeys(cn_date(day) for day in (dates.first, dates.last) if day))
    late = ngettext("%(n)s overdue", "%(n)s overdue", dates.overdue) % {"n": dates.overdue} if dates.overdue else ""
    done = _("%(done)s of %(count)s done") % {"done": dates.done, "count": dates.count} if dates.done else ""
    return " · ".join(filter(None, (days, late, done)))


@register.filter
def cn_time(value: datetime | None) -> str:
    return moment_words(value) if value else ""


@register.filter
def span_words(value: timedelta | None) -> str:
    """A length of time in its two largest units; below a minute to a tenth of a second."""
    if value is None:
        return ""
    if value < timedelta(minutes=1):
        return _("%(n)s s") % {"n": f"{value.total_seconds():.1f}"}
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}


@register.filter
def days_left(value: date | datetime | None) -> str:
    """How long there is until a day or moment."""
    if not value:
        return ""
    if isinstance(value, datetime):
        seconds = (value - timezone.now()).total_seconds()
        if 0 < seconds < 86_400:
            minutes = int(seconds // 60)
            if minutes < 60:
                return ngettext("less than %(n)s minute left", "about %(n)s minutes left", max(minutes, 1)) % {
                    "n": max(minutes, 1)
                }
            hours = int(seconds // 3600)
            return ngettext("about %(n)s hour left", "about %(n)s hours left", hours) % {"n": hours}
        value = timezone.localtime(value).date()
    days = (value - timezone.localdate()).days
    if days < 0:
        return str(_("over"))
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.filter
def pairs(mapping: Any) -> Any:
    """Key and value of each; a template's `.items` would read a key of that name."""
    return mapping.items() if mapping else ()


@register.filter
def zipped(heads: Sequence[Any], values: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each value with the head of its column."""
    return list(zip(heads, values, strict=True))


@register.filter
def action_name(code: str) -> str:
    return str(dict(Disposition.Action.choices).get(code, code))


@register.filter
def side_name(code: str) -> str:
    return str(dict(Side.choices).get(code, code))


@register.filter
def phase_name(code: str) -> str:
    return str(dict(Room.Phase.choices).get(code, code))


@register.filter
def duty_name(code: str) -> str:
    """A duty of the procedure by its name."""
    return DUTIES[code](Facts(today=timezone.localdate())).label if code in DUTIES else code


@register.filter
def choice_name(code: str) -> str:
    words = {
        "yes": _("In favour"),
        "no": _("Against"),
        "abstain": _("Abstain"),
        "object": _("Object"),
        "accept": _("Accept"),
        "decline": _("Decline"),
        "invalid": _("Did not open: takes part, for nobody"),
    }
    return words.get(code, code)


@register.filter
def cast_words(code: str) -> str:
    """The button that casts this choice."""
    words = {
        "yes": _("Vote in favour"),
        "no": _("Vote against"),
        "abstain": _("Abstain from the vote"),
        "object": _("Raise an objection"),
        "accept": _("Accept the package"),
        "decline": _("Decline the package"),
    }
    return words.get(code, code)


@register.filter
def weight_text(weight: str, by: str) -> str:
    """What a seat weighs, in its unit."""
    return f"{weight} {'m²' if by == 'area' else _('yuan') if by == 'value' else by}"


@register.filter
def roll_word(name: str) -> str:
    """A weight of the electoral roll, or a column of a right, with its unit."""
    return weight_words(name)


@register.filter(name="state_words")
def outcome_words(state: str) -> str:
    return state_words(state)


@register.simple_tag
def party_label(viewer: Viewer, party: Party) -> str:
    """The party's name, or its code where the name is not for this person."""
    return viewer.label(party)


@register.simple_tag
def proposed_by(viewer: Viewer, revision: Revision) -> str:
    """By whom a revision is proposed, as a heading says it."""
    return joint.proposed_by(viewer, revision)


@register.simple_tag
def holder_label(viewer: Viewer, party: Party | None) -> str:
    """Who receives a parcel or answers for it; another household stays unnamed."""
    if party is None:
        return "—"
    return viewer.label(party) if viewer.sees(party) else _("a household")


@register.simple_tag
def end_label(viewer: Viewer, code: str) -> str:
    """One end of a flow in words."""
    return end_word(viewer, code)


@register.simple_tag
def holder_end(viewer: Viewer, code: str) -> str:
    """One end of a flow in words; another household stays unnamed."""
    return _("a household") if code in viewer.hidden_codes else end_word(viewer, code)


@register.filter
def mul(value: Any, factor: Any) -> str:
    """For coordinates inside a drawing."""
    return f"{float(value) * float(factor):.3f}"


@register.simple_tag(takes_context=True)
def page_url(context: dict[str, Any], name: str, number: int) -> str:
    """This address with another page of one of its lists."""
    query = context["request"].GET.copy()
    query[name or "page"] = number
    return f"?{query.urlencode()}"


@register.inclusion_tag("negotiation/partials/words_here.html")
def words_here(codes: str) -> dict[str, Any]:
    """A line of the page's words, each opening what it means; `codes` of the glossary, with spaces between."""
    return {"terms": [TERMS[code] for code in codes.split()]}
