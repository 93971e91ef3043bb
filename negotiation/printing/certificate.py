"""The certificate of a decision: what was decided, by which arithmetic, under which rule, and what seals it."""

from hashlib import sha256

from django.utils.translation import gettext as _

from accounts.refusals import WrongPhase
from negotiation.models import Ballot, Decision
from negotiation.printing.papers import Paper
from negotiation.printing.sealed import Facts, frame, part, seal_facts
from negotiation.printing.shapes import Shape
from negotiation.queries.results import Chamber, chambers, find_seal
from negotiation.queries.tallies import state_words
from negotiation.sittings import own_days
from negotiation.templatetags.tongchou import choice_name, cn_date, cn_time


def certificate_paper(decision: Decision) -> Paper:
    """The same for every reader. Raises WrongPhase while the decision is not sealed."""
    seal, ballot = find_seal(decision), decision.ballot
    if seal is None:
        text = _("The decision is written down but not yet sealed; the certificate is ready in a moment.")
        raise WrongPhase(text, code="not_sealed")
    digest = sha256(bytes(seal.entry.body)).hexdigest()
    sealed = seal_facts(digest, seal.entry.index or 0, seal.checkpoint.note)
    data = frame(ballot, _("Certificate of a decision"), decision.decided_at, digest) | {
        "verdict": _("Decision: %(outcome)s") % {"outcome": state_words(decision.outcome)},
        "head": _head(ballot),
        "parts": [
            part(_("The rule"), _rule(ballot), [ballot.rule["description"]] if ballot.rule.get("description") else []),
            *(_chamber(row) for row in chambers(decision)),
            part(_("Dates"), _dates(decision)),
            part(_("What was frozen when the ballot opened"), _frozen(ballot)),
            part(_("The seal"), sealed),
        ],
        "check": _check(),
        "note": seal.checkpoint.note,
    }
    return Paper("sealed.typ", data, f"{ballot.room.code}-decision-{ballot.pk}.pdf")


def _head(ballot: Ballot) -> Facts:
    plan = ballot.room.plan
    return [
        [_("Room"), f"{ballot.room.code} · {plan.title}"],
        [_("Planning unit"), f"{plan.unit.code} · {plan.unit.name}"],
        [_("Package"), f"{ballot.revision.package.code} · {ballot.revision.title}"],
        [_("Revision voted on"), str(ballot.revision)],
    ]


def _rule(ballot: Ballot) -> Facts:
    return [[_("Decision rule"), ballot.rule["title"]], [_("Legal basis"), ballot.rule.get("basis") or "—"]]


def _chamber(row: Chamber) -> Shape:
    votes = [f"{choice_name(choice)} {count}" for choice, count in row.choices.items()]
    told = "；".join([*votes, _("nothing said: %(n)s") % {"n": row.silent}, _("seats: %(n)s") % {"n": row.seats}])
    outcome = _("The chamber has agreed.") if row.passed else _("The chamber has not agreed.")
    return part(row.title, [], [told, outcome], [_table(row)] if row.measures else [])


def _table(row: Chamber) -> Shape:
    heads = [_("Measure"), _("Sum"), _("Of"), _("Exact share"), _("Per cent"), _("Needed"), _("Outcome")]
    rows = [
        [line.label, line.favour, line.base, line.reached, line.percent, line.wanted, line.verdict]
        for line in row.measures
    ]
    columns = [{"label": head, "numeric": 0 < place < 6} for place, head in enumerate(heads)]
    return {"caption": "", "columns": columns, "rows": rows, "total": None}


def _dates(decision: Decision) -> Facts:
    ballot = decision.ballot
    return [
        [_("Public notice"), cn_date(ballot.revision.notice_on) or "—"],
        [_("Vote opened"), cn_time(ballot.opens_at)],
        [_("Vote closed"), cn_time(ballot.closes_at)],
        *[[title, f"{cn_time(row.opens_at)} – {cn_time(row.closes_at)}"] for title, row in own_days(ballot)],
        [_("Decided on"), cn_time(decision.decided_at)],
    ]


def _frozen(ballot: Ballot) -> Facts:
    return [
        [_("Revision"), ballot.revision.digest, "mono"],
        [_("Scorecard"), ballot.card_digest, "mono"],
        [_("Roll"), ballot.roll_digest, "mono"],
        [_("Rule"), ballot.rule_digest, "mono"],
    ]


def _check() -> list[str]:
    return [
        _("Compare the key's fingerprint with the one in the printed notice."),
        _(
            "The signed checkpoint below covers the entry of the decision. Every later bundle of this log holds it: "
            "tongchou-verify BUNDLE checks it and counts the ballot again."
        ),
    ]
