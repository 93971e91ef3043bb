"""A case file into the database and back, whole or not at all."""

import copy
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.refusals import Conflict
from negotiation.casefile import differences, read_case
from negotiation.cases import dump_case, load_case
from negotiation.models import Room
from tests.staging import DEMO
from units.models import Parcel, Region

CASES = {"zhuxi.json": "ZX-03-2026", "hekou.json": "HK-2026"}


@pytest.mark.parametrize("name", CASES)
def test_dump_equals_what_was_loaded(name: str, cast) -> None:
    room = Room.objects.select_related("plan__unit__region").get(code=CASES[name])
    assert differences(dump_case(room), read_case(DEMO / name)) == []


def test_same_case_again_changes_nothing(cast) -> None:
    _room, loaded = load_case(read_case(DEMO / "hekou.json"))
    assert loaded is False


def test_other_case_of_the_same_code_is_refused(cast) -> None:
    document = read_case(DEMO / "hekou.json")
    document["title"] = "Another"
    with pytest.raises(Conflict) as refusal:
        load_case(document)
    assert refusal.value.code == "case_differs"


def test_two_cases_may_use_the_same_codes_inside(cast) -> None:
    document = read_case(DEMO / "hekou.json")
    document["code"] = "HK-COPY"
    room, loaded = load_case(document)
    assert loaded and differences(dump_case(room), document) == []


def test_command_reports_every_fault_and_writes_nothing(cast, tmp_path, capsys) -> None:
    document = copy.deepcopy(read_case(DEMO / "hekou.json"))
    document["code"] = "HK-BAD"
    document["packages"][0]["flows"][3]["to"] = "NOBODY"
    document["rights"][0]["parcel"] = "NOWHERE"
    document["colour"] = "blue"
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document))
    with pytest.raises(CommandError) as refusal:
        call_command("load_case", str(file))
    assert refusal.value.returncode == 2
    lines = str(refusal.value).splitlines()
    for path in ("$.packages[0].flows[3].to", "$.rights[0].parcel", "$.colour"):
        assert any(line.startswith(path) for line in lines)
    assert not Region.objects.filter(realm="HK-BAD").exists()


def test_failure_in_the_middle_leaves_nothing(cast) -> None:
    """The last package can not be written: nothing of the case stays."""
    document = copy.deepcopy(read_case(DEMO / "hekou.json"))
    document["code"] = "HK-HALF"
    document["packages"][-1]["allocations"][-1]["item"] = "not-in-the-catalogue"
    with pytest.raises(KeyError):
        load_case(document)
    assert not Parcel.objects.filter(plan__code="HK-HALF").exists()


def test_dump_command_writes_the_case(cast, capsys) -> None:
    call_command("dump_case", "HK-2026")
    assert differences(json.loads(capsys.readouterr().out), read_case(DEMO / "hekou.json")) == []


@pytest.mark.parametrize(("command", "argument"), [("dump_case", "NOTHING"), ("load_case", "/nowhere.json")])
def test_commands_refuse_with_exit_code_two(cast, command: str, argument: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command(command, argument)
    assert refusal.value.returncode == 2
