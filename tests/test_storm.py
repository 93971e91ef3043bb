"""What voters were told is what is counted, whatever is killed meanwhile."""

from tests.storm import HOUSEHOLDS, run


def test_count_equals_what_the_voters_were_told_while_servers_are_killed() -> None:
    storm, counted = run(10 * HOUSEHOLDS, seed=278)
    assert storm.has_struck_all and storm.killed["database"] == 1
    assert counted["seats"] == counted["log"] == counted["marks"] == storm.told
    # Retries made no second vote, and no vote is without its entry.
    assert counted["votes"] == counted["entries"] == storm.answered >= 10 * HOUSEHOLDS
    assert counted["sealed"]
    assert counted["tally"] == counted["recount"]
