"""The definitions once more, slowly: plain loops over the JSON document in exact fractions, sharing no code."""

from fractions import Fraction as F
from random import Random
from typing import Any

from tests.negotiation.scoring.tiny import Json, allocation, disposition, flow, package, parcel, right

ENDS_OF_RIGHTS = {"acquire", "clear", "replot", "swap", "reclaim"}
ACTIONS = ["retain", "protect", "acquire", "clear", "replot", "swap", "reclaim"]
SIDES = {"G": "government", "M": "market", "N": "market", "P": "public", "Q": "public", "R": "public"}


def random_case(seed: int) -> Json:
    """A small case with anything in it: money both ways, split parcels, several classes, debts of the pool."""
    random = Random(seed)
    ends = [*SIDES, "project", "pool", "outside"]
    sites = {f"L{number}": random.randint(1, 30) * 10 for number in range(4)}
    return {
        "code": "RANDOM",
        "parcels": {"features": [parcel(code, "0701", str(site), "10") for code, site in sites.items()]},
        "parties": [{"code": code, "side": side} for code, side in SIDES.items()],
        "rights": [
            right(f"R{n}", random.choice(list(sites)), random.choice(list(SIDES)), random.choice("abc"), _yuan(random))
            for n in range(random.randint(0, 12))
        ],
        "catalogue": [{"code": "flat", "price": "13.37"}, {"code": "shop", "price": "7.10"}],
        "plan": {"years": 5, "discount_rate": random.choice(["0", "0.05", "0.045", "0.25"])},
        "outside_options": [{"party": "M", "gain": str(random.randint(-500, 500))}],
        "packages": [
            package(
                "X",
                [
                    disposition(code, random.choice(ACTIONS), "0701", str(site // random.choice([1, 2, 3])), "5")
                    for code, site in random.sample(list(sites.items()) * 2, random.randint(0, 5))
                ],
                [
                    allocation(random.choice(list(SIDES)), random.choice(["flat", "shop"]), _yuan(random), y)
                    for y in random.choices(range(5), k=random.randint(0, 6))
                ],
                [
                    flow(*random.sample(ends, 2), random.choice(["acquire", "build", "operate"]), y, _yuan(random))
                    for y in random.choices(range(5), k=random.randint(0, 14))
                ],
            )
        ],
    }


def _yuan(random: Random) -> str:
    return f"{random.randint(1, 200000) / 100:.2f}"


class Brute:
    """The figures of one package, as exact fractions."""

    def __init__(self, case: Json) -> None:
        self.case, self.package = case, case["packages"][0]
        self.rate = F(case["plan"]["discount_rate"])
        self.years = range(case["plan"]["years"])
        self.price = {item["code"]: F(item["price"]) for item in case["catalogue"]}

    def discount(self, year: int) -> F:
        return 1 / (1 + self.rate) ** year

    def extinguished(self, code: str) -> F:
        rows = [row for row in self.package["dispositions"] if row["parcel"] == code]
        site = next(F(p["properties"]["site_area"]) for p in self.case["parcels"]["features"] if p["id"] == code)
        return min(F(1), sum((F(r["site_area"]) for r in rows if r["action"] in ENDS_OF_RIGHTS), F(0)) / site)

    def before(self, party: str) -> F:
        rights = [row for row in self.case["rights"] if row["party"] == party]
        return sum((self.extinguished(row["parcel"]) * F(row["value"]) for row in rights), F(0))

    def flows(self, **fixed: Any) -> list[Json]:
        return [row for row in self.package["flows"] if all(row[key] == value for key, value in fixed.items())]

    def present(self, rows: list[Json]) -> F:
        return sum((F(row["yuan"]) * self.discount(row["year"]) for row in rows), F(0))

    def net(self, end: str) -> F:
        return self.present(self.flows(to=end)) - self.present(self.flows(**{"from": end}))

    def in_kind(self, party: str) -> F:
        rows = [row for row in self.package["allocations"] if row["party"] == party]
        return sum((F(r["quantity"]) * self.price[r["item"]] * self.discount(r["year"]) for r in rows), F(0))

    def gain(self, party: str) -> F:
        return self.in_kind(party) + self.net(party) - self.before(party)

    def affected(self) -> list[str]:
        named = {row["party"] for row in self.package["allocations"]}
        named |= {row[end] for row in self.package["flows"] for end in ("from", "to")}
        return sorted(party for party in SIDES if party in named or self.before(party) > 0)

    def recoveries(self) -> dict[str, F]:
        holders = [party for party, side in SIDES.items() if side == "public" and self.before(party) > 0]
        return {party: (self.gain(party) + self.before(party)) / self.before(party) for party in holders}

    def class_of(self, party: str) -> str:
        sums: dict[str, F] = {}
        for row in self.case["rights"]:
            if row["party"] == party:
                worth = self.extinguished(row["parcel"]) * F(row["value"])
                sums[row["class"]] = sums.get(row["class"], F(0)) + worth
        return min(sums, key=lambda name: (-sums[name], name))

    def yearly(self, end: str, stages: set[str]) -> list[F]:
        rows = [row for row in self.package["flows"] if row["stage"] in stages]
        signs = [(row["year"], F(row["yuan"]) * ((row["to"] == end) - (row["from"] == end))) for row in rows]
        return [sum((worth for at, worth in signs if at == year), F(0)) for year in self.years]
