"""What the parties of a joint draft consent to: what stands. Any change of it makes every answer void."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import WrongPhase
from negotiation.acting import mandate_commitment
from negotiation.live.events import announce_to
from negotiation.models import Attachment, Draft, JointProposer, Package, Partner, Revision
from negotiation.permissions import viewer_of
from negotiation.telling import tell_partners
from negotiation.terms import digest

State = Partner.State
CONSENT_MISSING = "consent_missing"


@dataclass(frozen=True)
class Offer:
    """What would be put on the table: the digest of the document, who proposes with the package's own party, files."""

    document: str
    joint: tuple[str, ...]
    attachments: tuple[str, ...]

    @property
    def digest(self) -> str:
        return digest(self.logged())

    def logged(self) -> dict[str, Any]:
        """As the entry of a consent says it, and again that of the submission."""
        said = {"digest": self.document, "joint": list(self.joint)}
        return said | ({"attachments": list(self.attachments)} if self.attachments else {})


def read_offer(draft: Draft) -> Offer:
    """What stands now; two statements."""
    files = Attachment.objects.filter(package=draft.package_id, revision=None, removed_at=None)
    return Offer(
        digest(draft.document),
        tuple(draft.partners.order_by("party__code").values_list("party__code", flat=True)),
        tuple(files.order_by("pk").values_list("sha256", flat=True)),
    )


def void_answers(draft: Draft, act: str, by: Mandate) -> None:
    """`act` changes what stands in the locked draft: whoever has answered has to answer again, and is told."""
    rows = Partner.objects.filter(draft=draft).exclude(state=State.OPEN)
    if codes := list(rows.values_list("party__code", flat=True)):
        rows.update(state=State.OPEN, digest="", mandate=None, voided_by=act, changed_at=timezone.now())
        tell_partners(draft.package, "joint.changed", codes, by)
        announce_joint(draft.package, codes)


def void_answers_of(package: Package | None, act: str, by: Mandate) -> None:
    """The same for the draft of a package, locked here."""
    draft = Draft.objects.select_for_update().filter(package=package).first() if package else None
    if package and draft:
        draft.package = package
        void_answers(draft, act, by)


def consenting(mandate: Mandate, draft: Draft) -> list[Partner]:
    """The named parties of the locked draft. Raises WrongPhase unless each consents to exactly what stands."""
    partners = list(draft.partners.select_related("party", "mandate").order_by("party__code"))
    stands = read_offer(draft).digest if partners else ""
    missing = [row.party for row in partners if (row.state, row.digest) != (State.CONSENTED, stands)]
    if missing:
        viewer = viewer_of(mandate, draft.package.room)
        text = _("These parties have not consented to the draft as it stands: %(parties)s.")
        named = ", ".join(viewer.label(party) for party in missing)
        raise WrongPhase(text % {"parties": named}, code=CONSENT_MISSING)
    return partners


def join_proposers(revision: Revision, partners: Iterable[Partner]) -> list[dict[str, str]]:
    """Keep those who consented beside the revision; who they are and by which mandate, for the entry."""
    rows = [JointProposer(revision=revision, party=row.party, mandate=_given(row)) for row in partners]
    JointProposer.objects.bulk_create(rows)
    return [{"party": row.party.code, "mandate": mandate_commitment(row.mandate)} for row in rows]


def _given(partner: Partner) -> Mandate:
    assert partner.mandate is not None  # noqa: S101  (a consent has one)
    return partner.mandate


def name_again(draft: Draft, mandate: Mandate) -> list[str]:
    """A next revision names those who still stand by the last one, each to be asked anew. Their codes."""
    last = draft.package.latest
    rows = JointProposer.objects.filter(revision=last, withdrawn_at=None, party__seats__room=draft.package.room_id)
    parties = {row.party.code: row.party for row in rows.select_related("party").order_by("party__code")}
    Partner.objects.bulk_create(Partner(draft=draft, party=party) for party in parties.values())
    if parties:
        tell_partners(draft.package, "joint.named", parties, mandate)
    return list(parties)


def dismiss_partners(draft: Draft, mandate: Mandate) -> None:
    """The draft is locked and thrown away: those whom it names are told."""
    Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if codes := list(draft.partners.values_list("party__code", flat=True)):
        tell_partners(draft.package, "joint.unnamed", codes, mandate)
        announce_joint(draft.package, codes)


def announce_joint(package: Package, codes: Iterable[str]) -> None:
    """Tell the open pages of those who may read the draft that something of it stands otherwise."""
    announce_to(package.room, {package.proposer.code, *codes}, f"joint:{package.pk}")
