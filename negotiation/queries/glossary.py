"""What the words on the pages mean, in a sentence or two each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    code: str
    word: Any
    text: Any


GROUPS: tuple[tuple[Any, tuple[Term, ...]], ...] = (
    (
        _("The table"),
        (
            Term("room", _("Room"), _("The place where everybody concerned by one plan negotiates it.")),
            Term(
                "seat", _("Seat"), _("A party's place at the table, with its head and its area when votes are counted.")
            ),
            Term("party", _("Party"), _("Who takes part: a household, a company, a department, the collective.")),
            Term("mandate", _("Mandate"), _("The right of a person to act for a party: for oneself or for others.")),
            Term(
                "convener",
                _("Convener"),
                _("The office that runs the room: it calls, answers, opens votes, decides nothing alone."),
            ),
        ),
    ),
    (
        _("What is proposed"),
        (
            Term(
                "package",
                _("Package"),
                _("One whole proposal: what becomes of the land, who gets what, who pays what."),
            ),
            Term("revision", _("Revision"), _("A version of a package. It never changes once it is on the table.")),
            Term("counter", _("Counter-proposal"), _("A package that answers another one.")),
            Term(
                "disposition",
                _("Land terms"),
                _("What becomes of a piece of land: it stays, is bought, cleared, exchanged …"),
            ),
            Term("allocation", _("Allocation"), _("What a party gets in kind: a flat, a shop, land.")),
            Term("flow", _("Money terms"), _("Who pays whom, how much, when and for what.")),
            Term("swap", _("Swap"), _("Land or a house is exchanged for another of equal value.")),
            Term("replot", _("Replot"), _("Pieces of land are put together and drawn anew.")),
        ),
    ),
    (
        _("The scorecard"),
        (
            Term(
                "card",
                _("Scorecard"),
                _("What the computer finds about a package: is it allowed, does it carry itself, is it even."),
            ),
            Term("gates", _("Gates"), _("Conditions that every package must meet, such as enough green space.")),
            Term("basic", _("Basic account"), _("What comes in and goes out until everything is built.")),
            Term("operating", _("Operating account"), _("What comes in and goes out each year afterwards.")),
            Term("gap", _("Deepest gap in advance"), _("The most money that must be put in before it comes back.")),
            Term(
                "recovery",
                _("Recovery rate"),
                _("What you get, divided by what you give. 100 per cent: as much as before."),
            ),
            Term(
                "present",
                _("Present value"),
                _("Later money counted in money of today: what comes later counts a little less."),
            ),
            Term(
                "gini",
                _("Unevenness (Gini)"),
                _("0: all get alike for what they give. Near 1: a few get nearly everything."),
            ),
            Term("no-agreement", _("No agreement"), _("What a party has if nothing is agreed. Nobody signs for less.")),
            Term(
                "mediator",
                _("Mediator"),
                _("A computation that looks for changes by which everyone does better. It only suggests."),
            ),
        ),
    ),
    (
        _("The procedure"),
        (
            Term(
                "notice",
                _("Public notice"),
                _("The days on which everyone may read a text and speak about it before it counts."),
            ),
            Term("hearing", _("Hearing"), _("A meeting at which those concerned are heard, with minutes.")),
            Term(
                "answer",
                _("Answer"),
                _("What the convener says to a comment: adopted, partly, not adopted, explained; with the reason."),
            ),
            Term("tolerance", _("Tolerance"), _("By how much a target may be missed, declared beforehand.")),
            Term(
                "promise",
                _("Promised document"),
                _("A paper that is missing still, promised for a day, and followed up."),
            ),
            Term(
                "pool",
                _("Compensation pool"),
                _("Money from gains that is paid to those whose land must stay as it is."),
            ),
            Term("quota", _("Quota bank"), _("Permitted building land, saved up in parts and used as a whole.")),
        ),
    ),
    (
        _("The vote and the log"),
        (
            Term("ballot", _("Ballot"), _("A vote on a fixed text under a rule that is declared beforehand.")),
            Term("turnout", _("Turnout"), _("How many take part, by heads and by area.")),
            Term("approval", _("Approval"), _("How many say yes, by heads and by area.")),
            Term("heads", _("Heads"), _("Each party counts once, however much it owns.")),
            Term("decision", _("Decision"), _("What was decided by the vote, with the count spelled out.")),
            Term(
                "log", _("Decision log"), _("The sealed record of every act. Nothing in it can be changed unnoticed.")
            ),
            Term("checkpoint", _("Checkpoint"), _("A signed mark of the whole log at one moment.")),
            Term("receipt", _("Receipt"), _("The proof that your vote stands in the log.")),
        ),
    ),
)
TERMS = {term.code: term for _title, terms in GROUPS for term in terms}


def search_terms(wanted: str) -> list[tuple[Any, list[Term]]]:
    """Groups with the terms whose word or text contains what is wanted; all of them for nothing."""
    needle = wanted.strip().casefold()
    found = [(title, [t for t in terms if needle in f"{t.word} {t.text}".casefold()]) for title, terms in GROUPS]
    return [(title, terms) for title, terms in found if terms]
