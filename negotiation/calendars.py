"""Days of a period in law: the day on which it begins does not count (Civil Code, art. 201)."""

from datetime import date, timedelta

import holidays

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
