"""The same work in plain Python: a card's figures by loops over the document, and the mediator's answer for a village.

It is what the engine is measured against, and it checks the engine: the figures of both are compared.
"""

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from math import exp, log, sqrt
from statistics import mean, median, pstdev
from typing import Any

Json = dict[str, Any]
Sums = dict[str, float]
KEPT = ("retain", "protect")
FACTORS = [percent / 100 for percent in range(70, 131, 10)]


class Plain:
    """One package of a case by loops, in float: what the sections of a card are made of."""

    def __init__(self, case: Json, package: Json) -> None:
        self.case, self.package = case, package
        self.growth = 1 + float(case["plan"]["discount_rate"])
        self.years = case["plan"]["years"]
        self.price = {row["code"]: float(row["price"]) for row in case["catalogue"]}
        self.sides = {row["code"]: row["side"] for row in case["parties"]}
        self.outside = {row["party"]: float(row["gain"]) for row in case.get("outside_options", ())}

    def figures(self) -> Json:
        """Everything that is on a card, near enough: each loop is one that a card needs."""
        before = self.before()
        after = self.after(1.0, 1.0, 0)
        named = set(after) | {party for party, worth in before.items() if worth > 0}
        gains = {party: after.get(party, 0.0) - before.get(party, 0.0) for party in named if party in self.sides}
        holders = [party for party in gains if self.sides[party] == "public" and before.get(party, 0.0) > 0]
        recovery = {party: after.get(party, 0.0) / before[party] for party in holders}
        return {
            "gates": {"land": self.land(), "supply": self.supply(), "pool": self.yearly("pool", None)},
            "gains": gains,
            "evenness": evenness(sorted(recovery.values())),
            "classes": {name: alike(rates) for name, rates in self.classes(recovery).items()},
            "basic": self.account(("acquire", "build")),
            "operating": self.account(("operate",)),
            "worse": sum(gain < self.outside.get(party, 0.0) - 0.005 for party, gain in gains.items()),
            "rows": [self.worse_off(before, *row) for row in self.sweeps()],
        }

    def extinguished(self) -> Sums:
        """The share of each parcel whose rights end."""
        ended: Sums = defaultdict(float)
        for row in self.package["dispositions"]:
            if row["action"] not in KEPT:
                ended[row["parcel"]] += float(row["site_area"])
        sites = {row["id"]: float(row["properties"]["site_area"]) for row in self.case["parcels"]["features"]}
        return {parcel: min(1.0, area / sites[parcel]) for parcel, area in ended.items()}

    def before(self) -> Sums:
        share, found = self.extinguished(), defaultdict(float)
        for row in self.case["rights"]:
            found[row["party"]] += share.get(row["parcel"], 0.0) * float(row["value"])
        return found

    def after(self, price: float, cost: float, delay: int) -> Sums:
        """A of everybody that is named, with prices, costs and time changed as the sensitivity does."""
        found: Sums = defaultdict(float)
        for row in self.package["allocations"]:
            worth = float(row["quantity"]) * self.price[row["item"]] * price
            found[row["party"]] += worth / self.growth ** self.moved(row["year"], delay)
        for row in self.package["flows"]:
            yuan = float(row["yuan"]) * self.factor(row, price, cost)
            present = yuan / self.growth ** self.moved(row["year"], delay)
            found[row["to"]] += present
            found[row["from"]] -= present
        return found

    def moved(self, year: int, delay: int) -> int:
        return year + delay if year else 0

    def factor(self, row: Json, price: float, cost: float) -> float:
        if row["stage"] == "operate":
            return price if row["from"] == "outside" else 1.0
        return cost if row["to"] == "outside" else 1.0

    def sweeps(self) -> list[tuple[float, float, int]]:
        return [*((x, 1.0, 0) for x in FACTORS), *((1.0, x, 0) for x in FACTORS), *((1.0, 1.0, n) for n in range(4))]

    def worse_off(self, before: Sums, price: float, cost: float, delay: int) -> int:
        after = self.after(price, cost, delay)
        gains = {party: after[party] - before.get(party, 0.0) for party in after if party in self.sides}
        return sum(gain < self.outside.get(party, 0.0) - 0.005 for party, gain in gains.items())

    def land(self) -> int:
        planned: Sums = defaultdict(float)
        for row in self.package["dispositions"]:
            planned[row["parcel"]] += float(row["site_area"])
        sites = {row["id"]: float(row["properties"]["site_area"]) for row in self.case["parcels"]["features"]}
        return sum(abs(area - sites[parcel]) > 0.01 for parcel, area in planned.items())

    def supply(self) -> Sums:
        rest: Sums = defaultdict(float)
        for row in self.package["dispositions"]:
            for sign, kind in ((1, "yields"), (-1, "uses")):
                for part in row.get(kind, ()):
                    rest[part["item"]] += sign * float(part["quantity"])
        for row in self.package["allocations"]:
            rest[row["item"]] -= float(row["quantity"])
        return rest

    def yearly(self, end: str, stages: tuple[str, ...] | None) -> list[float]:
        nets = [0.0] * self.years
        for row in self.package["flows"]:
            if stages is None or row["stage"] in stages:
                nets[row["year"]] += float(row["yuan"]) * ((row["to"] == end) - (row["from"] == end))
        return nets

    def account(self, stages: tuple[str, ...]) -> Json:
        nets = self.yearly("project", stages)
        present = sum(net / self.growth**year for year, net in enumerate(nets))
        return {"npv": present, "peak_gap": max(0.0, -min(accumulate(nets)))}

    def classes(self, recovery: Sums) -> dict[str, list[float]]:
        """Recoveries of the holders of each class: the class of most of what ends."""
        share, worth = self.extinguished(), defaultdict(lambda: defaultdict(float))
        for row in self.case["rights"]:
            worth[row["party"]][row["class"]] += share.get(row["parcel"], 0.0) * float(row["value"])
        found = defaultdict(list)
        for party, rate in recovery.items():
            found[min(worth[party], key=lambda name: (-worth[party][name], name))].append(rate)
        return found


def evenness(rates: list[float]) -> Sums:
    """The measures over recoveries in rising order."""
    n, centre = len(rates), mean(rates)
    return {
        "median": median(rates),
        "gini": sum((2 * rank - n - 1) * rate for rank, rate in enumerate(rates, 1)) / (n * n * centre),
        "theil": sum(rate / centre * log(rate / centre) for rate in rates) / n,
        "atkinson_0.5": 1 - (sum(map(sqrt, rates)) / n) ** 2 / centre,
        "atkinson_1": 1 - exp(sum(map(log, rates)) / n) / centre,
        "jain": sum(rates) ** 2 / (n * sum(rate * rate for rate in rates)),
    }


def alike(rates: list[float]) -> Json:
    ordered = sorted(rates)
    centre = median(ordered)
    bars = [rate + 1e-9 * max(1.0, abs(rate)) for rate in ordered]
    return {
        "n": len(ordered),
        "cv": pstdev(ordered) / mean(ordered),
        "outliers": sum(abs(rate - centre) > 0.05 * abs(centre) for rate in ordered),
        "envy_pairs": sum(len(ordered) - bisect_right(ordered, bar) for bar in bars),
    }


def fill_up(budget: float, most: list[float]) -> float:
    """The level to which a budget raises everybody at once, nobody above its own most: leximin of such gains."""
    level, left = 0.0, budget
    for number, cap in enumerate(sorted(most)):
        sharers = len(most) - number
        if (cap - level) * sharers >= left:
            return level + left / sharers
        left -= (cap - level) * sharers
        level = cap
    return level
