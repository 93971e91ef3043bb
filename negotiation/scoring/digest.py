"""Digests: what exactly was scored, by which engine.

SHA-256 (FIPS 180-4) in hex of RFC 8785 canonical JSON, so that neither the order of keys nor spacing changes it. Every
function raises ScoringRefused: ``not_canonical``, or ``unknown_code`` and ``duplicate`` for the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785

from negotiation.scoring.refusal import ScoringRefused
from negotiation.scoring.terms import find_package

ENGINE = "1.0.0"


def digest(case: Mapping[str, Any], package: str) -> str:
    """Digest a case without its packages and one package of it: the input of one card."""
    return digest_package(canonical_case(case), case, package)


def canonical_case(case: Mapping[str, Any]) -> bytes:
    """Canonical JSON of the case without its packages, to be used for every package of it."""
    return _canonical({key: value for key, value in case.items() if key != "packages"})


def digest_package(canonical: bytes, case: Mapping[str, Any], package: str) -> str:
    """Digest one package beside a case already in canonical form (keys in RFC 8785 order: case, engine, package)."""
    return _seal(canonical, b"package", _canonical(find_package(case, package)[1]))


def digest_packages(canonical: bytes, case: Mapping[str, Any]) -> str:
    """Digest all packages as they stand beside a case in canonical form: the input of a comparison."""
    return _seal(canonical, b"packages", _canonical(case["packages"]))


def digest_suggestion(case: Mapping[str, Any], package: str, mode: str) -> str:
    """Digest a case, one package of it and what the mediator is asked: the input of one suggestion."""
    engine, asked, terms = map(_canonical, (ENGINE, mode, find_package(case, package)[1]))
    parts = b'{"case":' + canonical_case(case) + b',"engine":' + engine + b',"mode":' + asked
    return sha256(parts + b',"package":' + terms + b"}").hexdigest()


def _seal(canonical: bytes, key: bytes, terms: bytes) -> str:
    engine = _canonical(ENGINE)
    return sha256(b'{"case":' + canonical + b',"engine":' + engine + b',"' + key + b'":' + terms + b"}").hexdigest()


def _canonical(value: Any) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise ScoringRefused("", "not_canonical", f"the document has no canonical JSON: {error}") from error
