"""The scorecard of one revision on paper, as far as its reader may see it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.refusals import WrongPhase
from negotiation.models import Revision, Scorecard
from negotiation.permissions import Viewer
from negotiation.printing.papers import Paper
from negotiation.printing.scorecard_tables import TABLES, duty_table
from negotiation.printing.shapes import Shape, light_shape, section_shape
from negotiation.queries.charts import charts
from negotiation.queries.figures import Reading, Section, read_card, sections
from negotiation.queries.joint import proposers
from negotiation.queries.lights import lights
from negotiation.queries.packages import listed
from negotiation.queries.path import four_parts
from negotiation.templatetags.tongchou import cn_date, cn_time


def scorecard_paper(viewer: Viewer, revision: Revision) -> Paper:
    """Raises WrongPhase while the revision has no card."""
    found = listed(revision).card
    if found is None or not found.card:
        raise WrongPhase(_("The scorecard of this revision is not computed yet."), code="no_card")
    reading = read_card(viewer, revision, found.card)
    name = f"{viewer.room.code}-{revision.package.code}-{revision.number}.pdf"
    return Paper("scorecard.typ", _frame(reading, found) | _content(reading, found), name)


def _frame(reading: Reading, found: Scorecard) -> Shape:
    """What every page of it carries. Its date is the card's: a print of tomorrow is the same paper."""
    room, revision = reading.viewer.room, reading.revision
    scored = timezone.localtime(found.updated_at)
    number = _("revision %(number)s") % {"number": revision.number}
    return {
        "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "date": scored.date().isoformat(),
        "title": f"{revision.package.code} · {revision.title}",
        "author": str(room),
        "running": {"left": f"{room.code} {room.plan.title}", "right": f"{revision.package.code} · {number}"},
        "footer": {"text": _("Scorecard of %(day)s") % {"day": cn_date(scored)}, "digest": reading.card["digest"]},
        "words": _words(),
    }


def _words() -> Shape:
    return {
        "kicker": _("Scorecard"),
        "sentences": _("Three questions"),
        "parts": _("The four parts"),
        "check": _("How to check this"),
        "page_of": _("page {page} of {pages}"),
    }


def _content(reading: Reading, found: Scorecard) -> Shape:
    asked = {
        "feasible": _("May it be done?"),
        "balance": _("Does it carry itself?"),
        "fairness": _("Is it even?"),
    }
    parts = four_parts(reading.card, reading.revision)
    return {
        "head": _head(reading, found),
        "lights": [light_shape(light, asked[light.code]) for light in lights(reading.card)],
        "parts": [light_shape(part, part.label) for part in parts],
        "sections": [*_sections(reading), _matrix(reading)],
        "check": _check(reading),
    }


def _head(reading: Reading, found: Scorecard) -> list[list[str]]:
    room, revision = reading.viewer.room, reading.revision
    return [
        [_("Room"), f"{room.code} · {room.plan.title}"],
        [_("Revision"), str(revision.number)],
        [_("Proposed by"), proposers(reading.viewer, revision)],
        [_("Submitted on"), cn_time(revision.submitted_at)],
        [_("Computed on"), cn_time(found.updated_at)],
        [_("Engine"), reading.card["engine"]],
        [_("Digest of the input"), reading.card["digest"], "mono"],
        [_("This copy"), _copy(reading.viewer)],
    ]


def _copy(viewer: Viewer) -> str:
    """For whom it is: what is left out of it, or that nothing is."""
    if not viewer.hidden_codes:
        return _("For government and audit: with the rows of households. Not to be passed on.")
    if viewer.mandate is None:
        return _("Public version: without the rows of households.")
    return _("Members' version: without the rows of other households.")


def _sections(reading: Reading) -> list[Shape]:
    drawn = charts(reading.card)
    return [_section(reading, section, drawn) for section in sections(reading)]


def _section(reading: Reading, section: Section, drawn: dict[str, Any]) -> Shape:
    pictures = [drawn[key] for key in section.charts if key in drawn]
    make = TABLES.get(section.key)
    return section_shape(section, pictures, make(reading) if make else ())


def _matrix(reading: Reading) -> Shape:
    title = _("Duties, rights, benefits")
    return section_shape(Section("matrix", title, ()), tables=[duty_table(reading)])


def _check(reading: Reading) -> Shape:
    card = reading.card
    said = [
        _("The same case, package and engine give the same card on every machine."),
        _("Whoever holds the case file can compute this card again with the command below and compare the digest."),
    ]
    command = f"manage.py score {card['case']}.json --package {card['package']} --json"
    return {"text": said, "command": command, "digest": f"digest {card['digest']}"}
