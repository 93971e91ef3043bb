import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def chinese():
    """Workbooks are made in the language of the moment; a client of another test may have left English."""
    with translation.override("zh-hans"):
        yield
