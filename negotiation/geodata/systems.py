"""Coordinate systems: CGCS2000 in degrees and in its national zones, and what is too close to it to matter.

Sources: GB 22021-2008 (the national system); EPSG 4490, 4491-4554. Older national systems (Beijing 1954, Xi'an 1980)
need control points of the place to be converted, which nobody here has: they are refused.
"""

from functools import cache

from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from accounts.refusals import Invalid

DEGREES = 4490
NUMBERS = (DEGREES, *range(4513, 4555), *range(4491, 4513))  # degrees, 3-degree zones, 6-degree zones
NATIONAL = ("china_2000", "china_geodetic_coordinate_system_2000", "cgcs2000", "cgcs_2000")
# The realisations of WGS 84 and CGCS2000 differ by less than what a parcel is surveyed to.
WORLD = ("world_geodetic_system_1984", "wgs_1984", "wgs_84")


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """EPSG number and name of each system that a sender may name."""
    return tuple((str(number), f"{CRS.from_epsg(number).name} (EPSG:{number})") for number in NUMBERS)


def system_of(stated: str | None, chosen: str) -> CRS:
    """The system of a file: as it states itself, or as the sender has chosen. Raises Invalid."""
    try:
        found = CRS.from_user_input(stated) if stated else None
    except CRSError:
        found = None
    if found is None:
        if not chosen:
            text = _("The file does not say its coordinate system; choose it, please.")
            raise Invalid({"system": text}, code="system_unknown")
        return CRS.from_epsg(int(chosen))
    datum = "_".join(found.datum.name.lower().replace("(", " ").split()) if found.datum else ""
    if any(name in datum for name in NATIONAL) or (found.is_geographic and any(name in datum for name in WORLD)):
        return found
    text = _("The file is in “%(name)s”. Convert it to CGCS2000 first: in degrees or in a national zone.")
    raise Invalid({"file": text % {"name": found.name}}, code="system_foreign")


def to_degrees(system: CRS) -> Transformer:
    """From the system to longitude and latitude in CGCS2000."""
    return Transformer.from_crs(system, CRS.from_epsg(DEGREES), always_xy=True)
