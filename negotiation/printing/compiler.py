"""A template of this folder, and data, as a PDF. The same two always give the same bytes."""

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal

TEMPLATES = Path(__file__).parent / "templates"
KEPT = 10
FACES = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")


class PrintingUnavailable(Refusal):
    """The fonts that papers are set in are not where PRINT_FONTS says."""

    code = "printing_unavailable"
    status = 503
    title = _("Printing is not set up on this server. Its operator has to install the fonts.")


def compile_pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `templates/<template>`, which reads `data` from `sys.inputs.data`. Raises PrintingUnavailable.

    Templates read nothing outside their folder, and no system font.
    """
    fonts = _fonts(Path(settings.PRINT_FONTS))
    compiler = typst.Compiler(
        TEMPLATES / template, root=TEMPLATES, font_paths=fonts, sys_inputs={"data": canonical(data)}
    )
    # A fixed clock: what a paper says of dates is in its data.
    made = bytes(compiler.compile(format="pdf", timestamp=0))  # type: ignore[arg-type]
    _forget(fonts)
    return made


def _forget(fonts: typst.Fonts) -> None:
    """Typst keeps what it worked out for ten compilations, 13 MB for a scorecard, and the next paper uses none of it.

    Empty ones push it out: a process that prints then grows by 80 MB instead of 220 MB, in no more time.
    """
    for _time in range(KEPT):
        typst.compile(b"", format="pdf", font_paths=fonts)


def canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)


def content_key(template: str, data: dict[str, Any]) -> str:
    """Names the bytes of a PDF without making it: the same key, the same bytes."""
    return sha256(f"{_edition()}\n{template}\n{canonical(data)}".encode()).hexdigest()


@cache
def _edition() -> str:
    """What besides the data decides how a paper looks: the typesetter and every template."""
    sources = sorted(TEMPLATES.glob("*.typ"))
    found = sha256(version("typst").encode())
    for source in sources:
        found.update(source.read_bytes())
    return found.hexdigest()


@cache
def _fonts(folder: Path) -> typst.Fonts:
    if not all((folder / face).is_file() for face in FACES):
        raise PrintingUnavailable
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
