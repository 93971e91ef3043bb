"""The summary says what the card says."""

from negotiation.scoring import card, summarize
from tests.negotiation.scoring.tiny import flow, tiny_case


def test_summary_of_the_tiny_case() -> None:
    found = card(tiny_case(), "A")
    assert summarize(found)[1:] == [
        "  gates      passed",
        "             gfa 120 tolerated (<= 100)",
        "  project    NPV -496.00, IRR -51.89%, not paid back",
        "  basic      NPV -640.00, peak gap 800.00 in year 1",
        "  operating  NPV 144.00, out of deficit from year 2 on",
        "  gains      392.00 in all; nobody's: project -496.00, pool 48.00",
        "             government 80.00 (20.4%)",
        "             market 140.00 (35.7%)",
        "             public 172.00 (43.9%)",
        "  worse off  2: M, P2",
        "  recovery   2 holders, lowest / median / highest 0.9500 / 1.1417 / 1.3333, Gini 0.0839",
        "  limit      gini 0.08394160584 against 0.1: met",
        "  limit      min_recovery 0.95 against 0.95: met",
        "  limit      npv -496 against -496: met",
        "  limit      peak_gap 800 against 799.99: not met",
    ]


def test_summary_where_figures_are_undefined() -> None:
    case = tiny_case()
    case["rights"] = []
    case["packages"][0]["flows"] = [flow("pool", "G", "build", 0, "1")]
    lines = summarize(card(case, "A"))
    assert lines[1] == "  gates      broken: pool"
    assert "  project    NPV 0.00, IRR none, paid back in year 0" in lines
    assert "  operating  nothing is said about it" in lines
    assert "  recovery   no holders" in lines
    assert "  limit      gini absent against 0.1: undefined" in lines
