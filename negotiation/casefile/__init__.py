"""The case file `tongchou-case/1`: reading, checking and comparing documents. Knows neither Django nor any app."""

from negotiation.casefile.checking import check_case, check_file, check_packages
from negotiation.casefile.compare import differences, equal_documents
from negotiation.casefile.faults import CaseRefused, Fault, Report
from negotiation.casefile.reading import parse_case, read_case
from negotiation.casefile.structure import schema

__all__ = [
    "CaseRefused",
    "Fault",
    "Report",
    "check_case",
    "check_file",
    "check_packages",
    "differences",
    "equal_documents",
    "parse_case",
    "read_case",
    "schema",
]
