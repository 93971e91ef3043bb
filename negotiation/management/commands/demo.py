"""`manage.py demo`: load the demo cases, seat the cast, print the sign-ins."""

from typing import Any

from django.conf import settings

from accounts.commands import DomainCommand, refuse
from negotiation import demonstration


class Command(DomainCommand):
    help = "Load the demo cases and their cast (only with DEMO=1, never in service)."

    def act(self, **options: Any) -> None:
        if not settings.DEMO:
            raise refuse(["the demo is staged only with DEMO=1"])
        demonstration.stage(settings.BASE_DIR / "demo")
        self.stdout.write(f"Demo sign-ins 演示账号 (password 密码: {demonstration.password()})")
        for person in demonstration.CAST:
            self.stdout.write(f"  {person.username:<10} {person.name}  {person.what}")
