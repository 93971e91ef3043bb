"""What kind of file some bytes are: by parsing them, never by their name. Pictures are written anew without metadata.

A picture's place and camera (EXIF, XMP) are gone with that; a PDF stays as it is, so that signatures in it stay valid,
and is refused when it holds anything that acts.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from accounts.refusals import Invalid
from negotiation.models import Attachment

Kind = Attachment.Kind
MOST_PIXELS = 50_000_000
MOST_OBJECTS = 50_000
PICTURES = {"PNG": Kind.PNG, "JPEG": Kind.JPEG, "WEBP": Kind.WEBP}
MAGIC = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "picture", b"\xff\xd8\xff": "picture", b"RIFF": "picture"}
TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
}
# Keys and actions by which a PDF runs something, opens something, or carries other files.
ACTING_KEYS = {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
}
OBJECTS = {"/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/3D"}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its kind and the bytes to keep."""

    kind: Attachment.Kind
    content: bytes


def check_file(content: bytes) -> Checked:
    """Raises Invalid with a code for each kind of file that is not taken."""
    form = next((form for magic, form in MAGIC.items() if content.startswith(magic)), "")
    if form == "pdf":
        return Checked(Kind.PDF, _checked_pdf(content))
    if form == "picture":
        return _checked_picture(content)
    raise refused("file_type", _("Only PDF files and pictures (PNG, JPEG, WebP) are taken, whatever the name says."))


def _checked_picture(content: bytes) -> Checked:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
                return _rewritten(picture)
    except Invalid:
        raise
    except Exception:
        # Whatever the decoder stumbles over: the picture is not whole.
        raise refused("file_broken", _("The file is damaged; it can not be opened.")) from None


def _rewritten(picture: Image.Image) -> Checked:
    """The pixels in a new file of the same format, upright, with the colour profile and nothing else."""
    form = str(picture.format)
    if picture.width * picture.height > MOST_PIXELS:
        text = _("The picture has more than %(most)s million pixels.") % {"most": MOST_PIXELS // 10**6}
        raise refused("file_pixels", text)
    if getattr(picture, "n_frames", 1) > 1:
        raise refused("file_animated", _("Moving pictures are not taken."))
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if form == "JPEG" and upright.mode not in ("RGB", "L", "CMYK"):
        upright = upright.convert("RGB")
    clean = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    if upright.mode == "P":
        clean.putpalette(upright.getpalette(upright.palette.mode) or [], upright.palette.mode)  # type: ignore[union-attr]
    stream = io.BytesIO()
    clean.save(stream, form, icc_profile=profile, **({} if form == "PNG" else {"quality": 90}))
    return Checked(PICTURES[form], stream.getvalue())


def _checked_pdf(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted:
                raise refused("file_locked", _("The PDF is behind a password."))
            _check_objects(reader)
            if not len(reader.pages):
                raise refused("file_broken", _("The PDF has no pages."))
    except Invalid:
        raise
    except Exception:
        raise refused("file_broken", _("The file is damaged; it can not be opened.")) from None
    return content


def _check_objects(reader: PdfReader) -> None:
    """Every object of the file, used by a page or not."""
    tables = [*reader.xref.values()]
    numbers = {number for table in tables for number in table} | set(reader.xref_objStm)
    if len(numbers) > MOST_OBJECTS:
        raise refused("file_objects", _("The PDF has too many parts to be checked."))
    for number in sorted(numbers):
        generation = next((int(gen) for gen, table in reader.xref.items() if number in table), 0)
        _check_value(reader.get_object(IndirectObject(number, generation, reader)))


def _check_value(value: Any) -> None:
    """One object with what stands inside of it; what it only points at has its own turn."""
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, DictionaryObject | StreamObject):
            _check_dictionary(found)
            stack.extend(dict.values(found))
        elif isinstance(found, ArrayObject):
            stack.extend(list.__iter__(found))


def _check_dictionary(found: DictionaryObject) -> None:
    keys = set(dict.keys(found))
    action, subtype = (str(dict.get(found, key)) for key in ("/S", "/Subtype"))
    if keys & ACTING_KEYS or action in ACTIONS or subtype in OBJECTS:
        text = _("The PDF runs programs, opens or sends something, or carries other files. Print it into a plain PDF.")
        raise refused("file_active", text)


def refused(code: str, text: str) -> Invalid:
    return Invalid({"file": text}, code=code)
