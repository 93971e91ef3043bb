"""Days of a period in law, on which the day of its beginning does not count (Civil Code, art. 201), and moments."""

from datetime import date, datetime, timedelta

import holidays
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from negotiation.models import Revision

DAY = timedelta(days=1)


def first_day_after(begins: date, *, days: int = 0, working_days: int = 0) -> date:
    """The first day after a period of so many calendar and working days, whichever end later.

    Working days follow the State Council's yearly arrangement of holidays, with its working weekends; for years
    whose arrangement is not published yet, the statutory holidays alone.
    """
    calendar = begins + (days + 1) * DAY if days else begins
    if not working_days:
        return calendar
    last = holidays.country_holidays("CN").get_nth_working_day(begins, working_days)
    return max(calendar, last + DAY)


def moment_words(moment: datetime) -> str:
    """A moment as people read it, by the site's clock."""
    return date_format(timezone.localtime(moment), _("Y-m-d H:i"))


def notice_ends(revision: Revision) -> date | None:
    """The first day on which a ballot may open, after the days of notice that the room's rule asks for."""
    if revision.notice_on is None:
        return None
    rule = revision.package.room.rule
    days, working_days = (int(rule.get(key, 0)) for key in ("notice_days", "notice_working_days"))
    return first_day_after(revision.notice_on, days=days, working_days=working_days)
