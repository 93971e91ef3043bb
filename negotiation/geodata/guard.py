"""What kind of geodata a file is, by its bytes; hostile ones are refused before a library opens them."""

import io
import zipfile
from pathlib import PurePath

from django.utils.translation import gettext as _

from accounts.refusals import Invalid

MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
CHUNK = 65_536
SHAPEFILE, GEOPACKAGE, GEOJSON = "shapefile", "geopackage", "geojson"
PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml"}
SQLITE = b"SQLite format 3\x00"


def kind_of(content: bytes) -> str:
    """Shapefile (zipped), GeoPackage or GeoJSON. Raises Invalid."""
    if len(content) > MOST_BYTES:
        text = _("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 10**6}
        raise Invalid({"file": text}, code="geodata_too_large")
    if content.startswith(b"PK\x03\x04"):
        _check_zip(content)
        return SHAPEFILE
    if content.startswith(SQLITE):
        return GEOPACKAGE
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return GEOJSON
    raise unknown()


def unknown() -> Invalid:
    text = _("This is no GeoJSON, no GeoPackage and no zipped Shapefile, whatever its name says.")
    return Invalid({"file": text}, code="geodata_type")


def _check_zip(content: bytes) -> None:
    """One Shapefile with its companions; unpacked bytes are counted as they stream, not as the file says."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = [PurePath(part.filename) for part in archive.infolist() if not part.is_dir()]
        if {name.suffix.lower() for name in names} - PARTS or len(set(names)) < len(names):
            raise unknown()
        if [name.suffix.lower() for name in names].count(".shp") != 1:
            raise Invalid({"file": _("Put exactly one Shapefile into the zip file.")}, code="geodata_layers")
        unpacked = 0
        for part in archive.infolist():
            with archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED:
                        text = _("The file unpacks to more than a map of plots holds.")
                        raise Invalid({"file": text}, code="geodata_bomb")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        raise unknown() from None
