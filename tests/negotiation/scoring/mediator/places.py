"""Small cases for the mediator, and the definitions once more: plain loops in exact fractions, sharing no code."""

from fractions import Fraction as F
from itertools import product
from random import Random
from typing import Any

from tests.negotiation.scoring.tiny import Json, allocation, disposition, flow, package, parcel, right

SIDES = {"G": "government", "M": "market", "P": "public", "Q": "public"}


def case_of(
    allocations: list[Json], flows: list[Json], negotiable: list[Json], *, yields: str | None = None, **more: Any
) -> Json:
    """One package X with one parcel of P and Q each (B = 1000 and 500), no discount unless said."""
    disposed = disposition("L1", "acquire", "07", "10", "1")
    if yields:
        disposed["yields"] = [{"item": "flat", "quantity": yields}]
    terms = package("X", [disposed, disposition("L2", "acquire", "07", "10", "1")], allocations, flows)
    case: Json = {
        "code": "PLACE",
        "parcels": {"features": [parcel("L1", "07", "10", "1"), parcel("L2", "07", "10", "1")]},
        "parties": [{"code": code, "side": side} for code, side in SIDES.items()],
        "rights": [right("R1", "L1", "P", "a", "1000"), right("R2", "L2", "Q", "a", "500")],
        "catalogue": [{"code": "flat", "price": "10", "divisible": True}],
        "plan": {"years": 3, "discount_rate": "0"},
        "packages": [terms | {"negotiable": negotiable}],
    }
    return case | more


def bound(term: str, low: str, high: str) -> Json:
    return {"term": term, "min": low, "max": high}


def pay(place: int, low: str, high: str) -> Json:
    return bound(f"/flows/{place}/yuan", low, high)


def give(place: int, low: str, high: str) -> Json:
    return bound(f"/allocations/{place}/quantity", low, high)


def budget_case(money: str = "3000", **more: Any) -> Json:
    """The project has so much money and pays P 1000 and Q 500; both payments may move."""
    flows = [
        flow("project", "P", "acquire", 0, "1000"),
        flow("project", "Q", "acquire", 0, "500"),
        flow("outside", "project", "build", 0, money),
    ]
    return case_of([], flows, [pay(0, "100", "5000"), pay(1, "100", "5000")], **more)


def amounts(draft: Json, *terms: str) -> list[F]:
    """The amounts that some pointers of a package name."""
    found = []
    for term in terms:
        _, kind, place, key = term.split("/")
        found.append(F(draft[kind][int(place)][key]))
    return found


def random_place(seed: int) -> Json:
    """A random small case: up to three terms, money and flats, a pool, limits, sometimes a discount."""
    random = Random(seed)
    ends = [*SIDES, "project", "pool", "outside"]
    flows = [
        flow("project", "P", "acquire", random.randrange(3), _yuan(random)),
        flow("project", "Q", "acquire", random.randrange(3), _yuan(random)),
        flow("M", "project", "build", random.randrange(3), _yuan(random)),
        flow("outside", "pool", "build", 0, _yuan(random)),
        *(
            flow(*random.sample(ends, 2), random.choice(["acquire", "build", "operate"]), y, _yuan(random))
            for y in random.choices(range(3), k=random.randint(0, 4))
        ),
    ]
    allocations = [
        allocation(random.choice(list(SIDES)), "flat", str(random.randint(1, 40)), random.randrange(3))
        for _ in range(random.randint(0, 3))
    ]
    places = [("/flows/{}/yuan", place, row["yuan"]) for place, row in enumerate(flows)]
    places += [("/allocations/{}/quantity", place, row["quantity"]) for place, row in enumerate(allocations)]
    chosen = random.sample(places, min(len(places), random.randint(1, 3)))
    negotiable = [
        bound(path.format(place), str(F(amount) * random.choice([F(1, 2), 1])), str(int(amount) * random.randint(1, 3)))
        for path, place, amount in chosen
    ]
    negotiable = [row | {key: _decimal(row[key]) for key in ("min", "max")} for row in negotiable]
    limits = {name: value for name, value in _LIMITS.items() if random.random() < 0.4}
    return case_of(
        allocations,
        flows,
        negotiable,
        yields=str(random.randint(1, 100)),
        plan={"years": 3, "discount_rate": random.choice(["0", "0.25"])},
        limits=limits,
        outside_options=[{"party": party, "gain": str(random.randint(*span))} for party, span in _OUTSIDE.items()],
    )


_OUTSIDE = {"G": (-3000, 0), "M": (-3000, 500), "P": (-1500, 200), "Q": (-1000, 200)}
_LIMITS = {"npv": "-500", "peak_gap": "900", "min_recovery": "0.5"}


def _yuan(random: Random) -> str:
    return str(random.randint(1, 20) * 50)


def _decimal(amount: str) -> str:
    return f"{float(F(amount)):.2f}"


class Plain:
    """What holds and what is gained, for the package X of a case with some amounts replaced."""

    def __init__(self, case: Json, values: list[F]) -> None:
        self.case, row = case, case["packages"][0]
        self.rows = {kind: [dict(entry) for entry in row[kind]] for kind in ("allocations", "flows")}
        for negotiable, value in zip(row["negotiable"], values, strict=True):
            _, kind, place, key = negotiable["term"].split("/")
            self.rows[kind][int(place)][key] = value
        self.rate, self.years = F(case["plan"]["discount_rate"]), case["plan"]["years"]
        self.price = {item["code"]: F(item["price"]) for item in case["catalogue"]}
        self.before = {"P": F(1000), "Q": F(500)}

    def d(self, year: int) -> F:
        return 1 / (1 + self.rate) ** year

    def after(self, party: str) -> F:
        given = sum(
            F(r["quantity"]) * self.price[r["item"]] * self.d(r["year"])
            for r in self.rows["allocations"]
            if r["party"] == party
        )
        return given + sum(self.yearly(party, year) * self.d(year) for year in range(self.years))

    def yearly(self, end: str, year: int, stages: tuple[str, ...] = ("acquire", "build", "operate")) -> F:
        rows = [row for row in self.rows["flows"] if row["year"] == year and row["stage"] in stages]
        return sum((F(row["yuan"]) * ((row["to"] == end) - (row["from"] == end)) for row in rows), F(0))

    def gain(self, party: str) -> F:
        return self.after(party) - self.before.get(party, F(0))

    def affected(self) -> list[str]:
        named = {row["party"] for row in self.rows["allocations"]}
        named |= {row[end] for row in self.rows["flows"] for end in ("from", "to")}
        return sorted(party for party in SIDES if party in named or party in self.before)

    def gains(self) -> dict[str, F]:
        return {party: self.gain(party) for party in self.affected()}

    def rest(self) -> F:
        yielded = sum(
            F(y["quantity"]) for row in self.case["packages"][0]["dispositions"] for y in row.get("yields", [])
        )
        return yielded - sum((F(row["quantity"]) for row in self.rows["allocations"]), F(0))

    def pool(self) -> list[F]:
        return [sum((self.yearly("pool", y) for y in range(year + 1)), F(0)) for year in range(self.years)]

    def npv(self) -> F:
        return sum((self.yearly("project", year) * self.d(year) for year in range(self.years)), F(0))

    def basic(self) -> list[F]:
        stages = ("acquire", "build")
        return [sum((self.yearly("project", y, stages) for y in range(year + 1)), F(0)) for year in range(self.years)]

    def recoveries(self) -> dict[str, F]:
        return {party: self.after(party) / value for party, value in self.before.items()}

    def slacks(self, today: "Plain") -> list[F]:
        """How far each thing is from breaking that holds today, or from getting worse that does not; linear."""
        limits = {name: F(value) for name, value in self.case.get("limits", {}).items()}
        found = [self.rest() - min(F(0), today.rest()), self.npv() - min(today.npv(), limits.get("npv", F(0)))]
        found += [new - min(F(0), old) for new, old in zip(self.pool(), today.pool(), strict=True)]
        if "peak_gap" in limits and min(today.basic()) >= -limits["peak_gap"]:
            found += [balance + limits["peak_gap"] for balance in self.basic()]
        least = limits.get("min_recovery")
        if least is not None and min(today.recoveries().values()) >= least:
            found += [recovery - least for recovery in self.recoveries().values()]
        return found

    def holds_as(self, today: "Plain") -> bool:
        return min(self.slacks(today)) >= 0


def today(case: Json) -> Plain:
    row = case["packages"][0]
    return Plain(case, amounts(row, *(entry["term"] for entry in row["negotiable"])))


def grid(case: Json, steps: int) -> list[list[F]]:
    """Every point of a grid inside the bounds."""
    rows = case["packages"][0]["negotiable"]
    axes = [
        [F(row["min"]) + (F(row["max"]) - F(row["min"])) * step / steps for step in range(steps + 1)] for row in rows
    ]
    return [list(point) for point in product(*axes)]
