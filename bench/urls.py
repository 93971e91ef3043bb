"""The product's addresses, and beside them the least that a vote could be: one INSERT."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as product


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (choice) VALUES (%s)", [request.POST["choice"]])
    return HttpResponse(status=204)


@login_required
def signed(request: HttpRequest) -> HttpResponse:
    """The same for who is signed in, with CSRF."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare (choice, who) VALUES (%s, %s)", [request.POST["choice"], request.user.pk]
        )
    return HttpResponse(status=204)


urlpatterns = [path("bench/bare/", bare), path("bench/signed/", signed), *product]
