"""Before and after the views: what no address may hold, and where an unshown refusal becomes a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from accounts.refusals import Refusal
from negotiation.api.problems import plain_problem


class RefusalMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        # PostgreSQL keeps no NUL: nothing can be found under such an address.
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            if request.path.startswith("/api/"):
                return plain_problem(400, "bad_address", "an address holds no NUL")
            return render(request, "400.html", status=400)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        return render(request, "refusal.html", {"refusal": error}, status=error.status)
