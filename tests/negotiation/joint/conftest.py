"""A joint draft: named parties, consented to, put on the table."""

import pytest

from negotiation import joint, packages
from negotiation.models import Draft
from negotiation.queries.packages import latest
from tests.negotiation.joint.helping import (
    all_consent,
)


@pytest.fixture
def draft(mandate, zhuxi) -> Draft:
    """A draft of the developer, copied from package B, that names the factory and the resident's household."""
    found = packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))
    for name in ("factory", "resident"):
        joint.name_partner(mandate("developer"), found, mandate(name).party.code)
    return found


@pytest.fixture
def consented(mandate, draft) -> Draft:
    all_consent(mandate, draft)
    return draft


@pytest.fixture
def tabled(mandate, consented):
    return packages.submit_package(mandate("developer"), consented, consented.version)
