"""The demo case from end to end: load, vote, decide, seal, export; then a stranger checks it, and changes it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.forging import (
    checked,
    digest,
    edited,
    entries,
    find,
    forged,
    lines,
    packed,
    unpacked,
    with_lines,
)
from tongchou_verify.faults import Fault


@pytest.fixture
def files(bundle: Path) -> dict[str, bytes]:
    return unpacked(bundle)


def fault(files, tmp_path: Path) -> Fault:
    with pytest.raises(Fault) as found:
        checked(files, tmp_path)
    return found.value


def test_stranger_finds_that_the_bundle_holds(stranger, bundle: Path) -> None:
    done = stranger(bundle)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("holds: room:ZX-03-2026, ")
    assert re.search(r"^checkpoints: \d+, each signed and fitting the entries$", done.out, re.M)
    assert re.search(r"^scorecards: 3, as their entries name them$", done.out, re.M)
    assert re.search(r"^ballots: 1\n  \d+ on B\.1: 6 votes cast, no_quorum, counted again$", done.out, re.M)


def test_files_are_those_of_the_format(files) -> None:
    manifest = json.loads(files["manifest.json"])
    assert sorted(manifest) == ["format", "key", "origin", "scope", "size"]
    assert (manifest["format"], manifest["origin"]) == ("tongchou-log/1", "localhost/log/room:ZX-03-2026")
    assert len(lines(files)) == manifest["size"]
    kinds = {re.sub(r"\d+\.txt|[0-9a-f]{64}\.json", "*", name) for name in files}
    assert kinds == {
        *("manifest.json", "entries.jsonl", "disclosed.jsonl", "case.json"),
        *("checkpoints/*", "scorecards/*"),
    }


def test_no_name_of_a_person_stands_outside_of_what_is_disclosed(files) -> None:
    text = b"".join(content for name, content in files.items() if name != "disclosed.jsonl").decode()
    assert [name for name in ("王桂芳", "李建国", "林岚", "东街017户", "演示授权书") if name in text] == []
    case = json.loads(files["case.json"])
    assert [row["name"] for row in case["parties"] if row["code"] in ("HH-017", "GOV-FIN")] == ["财政局", "HH-017"]


def test_key_from_elsewhere_must_be_the_bundles(stranger, bundle: Path, files) -> None:
    key = json.loads(files["manifest.json"])["key"]
    assert stranger(bundle, "--key", key).code == 0
    done = stranger(bundle, "--key", "0" * 64)
    assert done.code == 1 and "want " + "0" * 64 in done.err


def test_changed_entry_is_found(files, tmp_path: Path) -> None:
    rows = lines(files)
    index = find(entries(files), "vote.cast")
    rows[index] = rows[index].replace(b'"choice":"no"', b'"choice":"yes"')
    found = fault(with_lines(files, rows), tmp_path)
    assert (found.index, found.last) == (index - 1, index)  # the opening and this vote were sealed together
    assert "the checkpoint of size" in found.what


def test_dropped_entry_is_found(files, tmp_path: Path) -> None:
    rows = lines(files)
    index = find(entries(files), "vote.cast", 2)
    found = fault(with_lines(files, rows[:index] + rows[index + 1 :]), tmp_path)
    assert found.index == index


def test_last_entry_dropped_is_found(files, tmp_path: Path) -> None:
    found = fault(with_lines(files, lines(files)[:-1]), tmp_path)
    assert found.index == len(lines(files)) - 1


def test_added_entry_is_found(files, tmp_path: Path) -> None:
    rows = lines(files)
    assert fault(with_lines(files, [*rows, rows[-1]]), tmp_path).index == len(rows)


def test_reordered_entries_are_found(files, tmp_path: Path) -> None:
    rows = lines(files)
    index = find(entries(files), "vote.cast", 2)
    rows[index], rows[index + 1] = rows[index + 1], rows[index]
    assert fault(with_lines(files, rows), tmp_path).index == index


def test_backdated_entry_is_found(files, tmp_path: Path) -> None:
    rows = lines(files)
    index = find(entries(files), "vote.cast", 3)
    rows[index] = re.sub(rb'"time":"20', b'"time":"19', rows[index])
    assert fault(with_lines(files, rows), tmp_path).index == index


def test_swapped_scorecard_is_found(files, tmp_path: Path) -> None:
    first, second = sorted(name for name in files if name.startswith("scorecards/"))[:2]
    found = fault({**files, first: files[second]}, tmp_path)
    cards = {row["data"]["digest"]: index for index, row in enumerate(entries(files)) if row["action"] == "card.score"}
    assert found.index == cards[first[11:-5]]
    assert found.what.startswith(f"{first} has the SHA-256 ")


def test_missing_scorecard_is_found(files, tmp_path: Path) -> None:
    name = next(name for name in files if name.startswith("scorecards/"))
    assert fault({key: value for key, value in files.items() if key != name}, tmp_path).what == f"{name} is missing"


def test_changed_disclosure_is_found(files, tmp_path: Path) -> None:
    rows = files["disclosed.jsonl"].splitlines()
    row = json.loads(rows[3])
    rows[3] = rows[3].replace(row["content"].encode(), b"QQ==")
    found = fault({**files, "disclosed.jsonl": b"\n".join(rows) + b"\n"}, tmp_path)
    assert found.index == row["index"] and row["path"] in found.what


def test_false_signature_is_found(files, tmp_path: Path) -> None:
    name = next(name for name in files if name.startswith("checkpoints/"))
    forgery = re.sub(rb" [A-Za-z0-9+/]{8}", lambda row: row[0][:-1] + b"A", files[name].splitlines()[-1]) + b"\n"
    changed = b"\n".join(files[name].splitlines()[:-1]) + b"\n" + forgery
    assert fault({**files, name: changed}, tmp_path).what.startswith(f"{name}: ")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_changed_byte_of_any_entry_is_found_with_its_index(files, tmp_path: Path, data: st.DataObject) -> None:
    rows = lines(files)
    index = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(rows[index]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value not in (rows[index][place], 10)))
    rows[index] = rows[index][:place] + bytes([byte]) + rows[index][place + 1 :]
    found = fault(with_lines(files, rows), tmp_path)
    assert found.index is not None
    assert found.index <= index <= (found.index if found.last is None else found.last)


def test_several_processes_find_the_same(files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongchou_verify.helpers.LARGE", 1)
    monkeypatch.setattr("tongchou_verify.bundle.BLOCK", 2000)
    alone, together = (checked(files, tmp_path, jobs=jobs) for jobs in (1, 2))
    assert alone.course == together.course and alone.tree.root() == together.tree.root()
    rows = lines(files)
    rows[5] = rows[5].replace(b'"v":1', b'"v":2')
    assert fault(with_lines(files, rows), tmp_path).index == 5


class TestKeeperWhoSignsAnything:
    """Who has the key can seal anything; what is sealed must still be lawful."""

    @pytest.fixture
    def rows(self, files) -> list[dict]:
        return entries(files)

    def fault(self, files, rows, tmp_path: Path) -> Fault:
        return fault(forged(files, rows), tmp_path)

    def test_sealed_again_as_it_was_it_holds(self, files, rows, tmp_path: Path) -> None:
        assert checked(forged(files, rows), tmp_path).checkpoints == len(rows)

    def test_vote_after_the_close(self, files, rows, tmp_path: Path) -> None:
        close, vote = find(rows, "ballot.close"), find(rows, "vote.cast")
        late = [*rows[: close + 1], rows[vote], *rows[close + 1 :]]
        found = self.fault(files, late, tmp_path)
        assert found.index == close + 1 and "lies outside of ballot" in found.what

    def test_vote_dated_after_the_close(self, files, rows, tmp_path: Path) -> None:
        vote, end = find(rows, "vote.cast", 5), rows[find(rows, "ballot.open")]["data"]["closes_at"]
        found = self.fault(files, edited(rows, vote, lambda row: row.update(time=end)), tmp_path)
        assert found.index == vote and "lies outside of ballot" in found.what

    def test_vote_for_another_seat(self, files, rows, tmp_path: Path) -> None:
        vote = find(rows, "vote.cast")
        found = self.fault(files, edited(rows, vote, lambda row: row["data"].update(seat="HH-020")), tmp_path)
        assert str(found) == f"entry {vote}: HH-017 votes for seat HH-020"

    def test_vote_of_nobody_on_the_roll(self, files, rows, tmp_path: Path) -> None:
        vote = find(rows, "vote.cast")
        found = self.fault(files, edited(rows, vote, lambda row: row["data"].update(seat="HH-999")), tmp_path)
        assert "HH-999 is not on the roll" in found.what

    def test_vote_under_a_mandate_that_nobody_gave(self, files, rows, tmp_path: Path) -> None:
        vote = find(rows, "vote.cast")
        found = self.fault(files, edited(rows, vote, lambda row: row["actor"].update(mandate="0" * 64)), tmp_path)
        assert found.index == vote and "was not granted before" in found.what

    def test_vote_under_a_revoked_mandate(self, files, rows, tmp_path: Path) -> None:
        vote = find(rows, "vote.cast")
        actor = rows[find(rows, "ballot.open")]["actor"]
        data = {"mandate": rows[vote]["actor"]["mandate"], "party": "HH-017", "reason": "0" * 64}
        revoked = {**rows[vote], "action": "mandate.revoke", "actor": actor, "data": data}
        found = self.fault(files, [*rows[:vote], revoked, *rows[vote:]], tmp_path)
        assert str(found) == f"entry {vote + 1}: the vote is cast under a mandate that entry {vote} revoked"

    def test_vote_before_its_mandate_begins(self, files, rows, tmp_path: Path) -> None:
        vote = find(rows, "vote.cast")
        grant = next(n for n, row in enumerate(rows) if row["data"].get("mandate") == rows[vote]["actor"]["mandate"])
        later = edited(rows, grant, lambda row: row["data"].update(valid_from="2999-01-01T00:00:00.000000Z"))
        found = self.fault(files, later, tmp_path)
        assert found.index == vote and "the mandate holds from 2999" in found.what

    def test_proxy_who_votes_as_the_owner(self, files, rows, tmp_path: Path) -> None:
        vote = next(n for n, row in enumerate(rows) if row["data"].get("via") == "proxy")
        found = self.fault(files, edited(rows, vote, lambda row: row["data"].update(via="own")), tmp_path)
        assert str(found) == f"entry {vote}: a mandate of kind proxy votes by way of own"

    def test_changed_vote_gives_another_count(self, files, rows, tmp_path: Path) -> None:
        vote, decision = find(rows, "vote.cast", 2), find(rows, "ballot.decide")
        found = self.fault(files, edited(rows, vote, lambda row: row["data"].update(choice="no")), tmp_path)
        assert found.index == decision and "is another than that of its votes" in found.what

    def test_other_outcome(self, files, rows, tmp_path: Path) -> None:
        decision = find(rows, "ballot.decide")
        found = self.fault(files, edited(rows, decision, lambda row: row["data"].update(outcome="passed")), tmp_path)
        assert found.index == decision and "is decided as passed, counted no_quorum" in found.what

    def test_objection_without_a_reason(self, files, rows, tmp_path: Path) -> None:
        vote = next(n for n, row in enumerate(rows) if row["data"].get("choice") == "object")
        found = self.fault(files, edited(rows, vote, lambda row: row["data"].pop("reason")), tmp_path)
        assert "an objection needs a reason" in found.what

    def test_weight_changed_on_the_roll(self, files, rows, tmp_path: Path) -> None:
        opening = find(rows, "ballot.open")

        def change(row) -> None:
            row["data"]["seats"][10]["weights"]["area"] = "9999.00"

        found = self.fault(files, edited(rows, opening, change), tmp_path)
        assert found.index == opening and "the digest of the roll is" in found.what

    def test_seat_put_into_another_chamber(self, files, rows, tmp_path: Path) -> None:
        opening = find(rows, "ballot.open")

        def change(row) -> None:
            seats = row["data"]["seats"]
            next(seat for seat in seats if seat["chamber"] != seats[0]["chamber"])["chamber"] = seats[0]["chamber"]
            row["data"]["roll"] = digest(seats)

        found = self.fault(files, edited(rows, opening, change), tmp_path)
        assert str(found) == f"entry {opening}: a seat sits in another chamber than the rule says"

    @pytest.mark.parametrize("key", ["rule", "seats", "card", "revision_digest"])
    def test_opening_that_leaves_something_out(self, files, rows, tmp_path: Path, key: str) -> None:
        opening = find(rows, "ballot.open")
        found = self.fault(files, edited(rows, opening, lambda row: row["data"].pop(key)), tmp_path)
        assert str(found) == (
            f"entry {opening}: the opening of a ballot does not say its {key}; it can not be counted again"
        )

    @pytest.mark.parametrize("action", ["notice.publish", "package.load", "card.score"])
    def test_ballot_without_what_must_come_before(self, files, rows, tmp_path: Path, action: str) -> None:
        found = self.fault(files, [row for row in rows if row["action"] != action], tmp_path)
        assert found.index is not None
        assert "before" in found.what or "never put on the table" in found.what

    @pytest.mark.parametrize(
        ("action", "words"),
        [
            ("ballot.close", "is decided before it is closed"),
            ("ballot.open", "was not opened before"),
        ],
    )
    def test_step_left_out(self, files, rows, tmp_path: Path, action: str, words: str) -> None:
        found = self.fault(files, [row for row in rows if row["action"] != action], tmp_path)
        assert words in found.what

    @pytest.mark.parametrize(
        "action", ["ballot.open", "ballot.close", "ballot.decide", "mandate.grant", "package.load"]
    )
    def test_step_done_twice(self, files, rows, tmp_path: Path, action: str) -> None:
        index = find(rows, action)
        found = self.fault(files, [*rows[: index + 1], *rows[index:]], tmp_path)
        assert found.index == index + 1 and "before" in found.what

    def test_close_before_its_time(self, files, rows, tmp_path: Path) -> None:
        close = find(rows, "ballot.close")
        early = rows[find(rows, "vote.cast", 5)]["time"]
        found = self.fault(files, edited(rows, close, lambda row: row.update(time=early)), tmp_path)
        assert found.index == close and "closes at" in found.what

    def test_other_history_under_another_key_shows_in_the_earlier_bundle(
        self, stranger, bundle: Path, files, rows, tmp_path: Path
    ) -> None:
        shorter = [row for row in rows if row["action"] != "log.export"]
        other = packed(forged(files, edited(shorter, 3, lambda row: row["object"].update(id="x"))), tmp_path / "b.zip")
        done = stranger(other, bundle)
        assert (done.code, done.err) == (1, "tongchou-verify: entry 3: the entry is another than in the earlier bundle")
        done = stranger(other)
        assert done.code == 0 and "worth a look" not in done.out

    def test_dates_out_of_order_are_worth_a_look(self, stranger, files, rows, tmp_path: Path) -> None:
        late = edited(rows, 0, lambda row: row.update(time="2999-01-01T00:00:00.000000Z"))
        done = stranger(packed(forged(files, late), tmp_path / "late.zip"))
        assert done.code == 0
        assert (
            f"worth a look: {len(rows) - 1} entries are dated more than ten minutes before an earlier one" in done.out
        )
