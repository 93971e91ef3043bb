"""A paper to be printed, and the answer that carries it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from negotiation.printing.compiler import compile_pdf, content_key

PDF = "application/pdf"


@dataclass(frozen=True)
class Paper:
    """What is printed: a template, its data, and the name of the file."""

    template: str
    data: dict[str, Any]
    name: str

    @property
    def etag(self) -> str:
        return f'"{content_key(self.template, self.data)}"'

    def pdf(self) -> bytes:
        return compile_pdf(self.template, self.data)


def pdf_response(request: HttpRequest, paper: Paper) -> HttpResponseBase:
    """The PDF to look at, or 304 to a reader who has these bytes already. Raises PrintingUnavailable."""
    etag = paper.etag
    response = get_conditional_response(request, etag) or HttpResponse(paper.pdf(), content_type=PDF)
    response["ETag"] = etag
    # One address answers each reader and language differently: kept by browsers only, and asked about each time.
    response["Cache-Control"] = "private, no-cache"
    if response.status_code == 200:
        response["Content-Disposition"] = content_disposition_header(False, paper.name) or ""
    return response


@dataclass(frozen=True)
class File:
    """A file to take away."""

    content: bytes
    content_type: str
    name: str


def file_response(file: File) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    response["Cache-Control"] = "private, no-cache"
    return response
