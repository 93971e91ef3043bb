"""Files as people attach them: pictures, PDFs, and what only looks like them."""

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

GPS = 34853  # the EXIF tag under which a camera writes the place


def picture(form: str = "PNG", size: tuple[int, int] = (8, 6), **more: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(stream, form, **more)
    return stream.getvalue()


def located() -> bytes:
    """A photograph with the place where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "A camera"
    exif.get_ifd(GPS)[1] = "N"
    return picture("JPEG", exif=exif)


def pdf(*changes: object) -> bytes:
    """A PDF of one page, after each of `changes` had the writer in its hands."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for change in changes:
        change(writer)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def launching(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def scripted(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    writer.root_object[NameObject("/OpenAction")] = action


def hidden_script(writer: PdfWriter) -> None:
    """An object that nothing points at."""
    writer._add_object(DictionaryObject({NameObject("/S"): NameObject("/JavaScript")}))
