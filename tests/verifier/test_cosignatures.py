"""Cosignatures of witnesses: a line made by Go, the forms of keys and policies, and what a bundle says of them."""

import json
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import cosignatures as platform
from audit.models import Checkpoint, Cosignature
from audit.sequencer import sequence_all
from tests.verifier.conftest import SCOPE
from tests.verifier.forging import packed, unpacked
from tongchou_verify.bundle import open_bundle
from tongchou_verify.checking import check_bundle
from tongchou_verify.command import main
from tongchou_verify.cosignatures import Cosigner, check_cosignatures, message
from tongchou_verify.faults import Fault
from tongchou_verify.notes import Signature, Verifier
from tongchou_verify.policy import Sightings, of_witnesses, read_lines, read_policy

# The checkpoint of C2SP tlog-cosignature's example, its time, and the first key of RFC 8032.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
TIME = 1679315147
KEY = Cosigner(
    "witness.example.com/w1", bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
)
# `go run tests/verifier/go/read.go --cosign witness.example.com/w1 9d61… 1679315147 FILE`
LINE = (
    "— witness.example.com/w1 fm9KqgAAAABkGFDL+TPmh4BYuAjsYRoqMJCWb/gWJaeRF/kmm5tlCr9sJ57DLErur7K0yDXc2ArN+"
    "TIuotuB/HbuL3AJsp3bv/aNCQ==\n"
)
LOG_LINE = (
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
# A witness that runs: the key of transparency-dev/formats, note_cosigv1_test.go.
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def note(*lines: str, text: str = TEXT) -> bytes:
    return f"{text}\n{''.join(lines)}".encode()


def test_line_of_go_is_true_for_verifier_and_platform() -> None:
    assert check_cosignatures(note(LOG_LINE, LINE), [KEY]) == {KEY: TIME}
    key = platform.WitnessKey(KEY.name, KEY.public)
    assert key.text == KEY.text and key.label == f"{KEY.name}+7e6f4aaa"
    assert key.holds(TEXT, LINE) and platform.time_of(LINE).timestamp() == TIME
    assert not key.holds(TEXT.replace("163", "164"), LINE)
    assert not key.holds(TEXT, LINE.replace("GFDL", "GFDM"))


def test_what_is_signed_is_that_of_the_specification() -> None:
    assert message(TEXT.encode(), TIME) == f"cosignature/v1\ntime 1679315147\n{TEXT}".encode()
    assert platform.message(TEXT, TIME) == message(TEXT.encode(), TIME)


def test_time_of_the_specifications_example_is_read() -> None:
    line = (
        "— w jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    assert platform.time_of(line).timestamp() == TIME


def test_key_of_a_running_witness_is_read_and_written() -> None:
    assert Cosigner.read(REMORA).text == platform.WitnessKey.read(REMORA).text == REMORA


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        REMORA[:-4],
        REMORA.replace("da77", "da78"),
        Verifier("log", KEY.public).text,  # a log's key is none of a witness
        Cosigner.read(REMORA).text.replace("remora", "rem+ora"),
    ],
)
def test_text_that_is_no_key_of_a_witness(text: str) -> None:
    with pytest.raises(Fault):
        Cosigner.read(text)
    with pytest.raises(ValueError):
        platform.WitnessKey.read(text)


@pytest.mark.parametrize("change", ["text", "time", "short"])
def test_false_line_of_a_known_witness_is_a_fault(change: str) -> None:
    changed = {
        "text": note(LINE, text=TEXT.replace("163", "164")),
        "time": note(LINE.replace("AAAABkGFDL", "AAAABkGFDM")),
        "short": note(Signature(KEY.name, KEY.key_id, b"x" * 64).line),
    }[change]
    with pytest.raises(Fault, match=r"cosignature of .* is false"):
        check_cosignatures(changed, [KEY])


def test_lines_of_others_are_passed_over() -> None:
    other = Cosigner("another", KEY.public)  # another name: another key id
    assert check_cosignatures(note(LOG_LINE, LINE), [other]) == {}
    # The same name under another key id is another key.
    assert check_cosignatures(note(Signature(KEY.name, b"xxxx", b"y" * 72).line), [KEY]) == {}


def keys(count: int) -> list[str]:
    """So many keys of witnesses, w0, w1, …"""
    made = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32).public_key().public_bytes_raw() for n in range(count)]
    return [Cosigner(f"w{n}", public).text for n, public in enumerate(made)]


def nested() -> str:
    """The example of C2SP tlog-policy: two of three X and any Y."""
    lines = [f"witness X{n} {key}" for n, key in enumerate(keys(3), 1)]
    lines += ["group X-witnesses 2 X1 X2 X3", ""]
    lines += [f" witness\tY{n} {key} https://y{n}.example/" for n, key in enumerate(keys(6)[3:], 1)]
    lines += ["group Y-witnesses any Y1 Y2 Y3", "# both", "group X-and-Y all X-witnesses Y-witnesses", "quorum X-and-Y"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ((), False),
        (("X1", "X2", "X3"), False),
        (("X1", "Y1", "Y2", "Y3"), False),
        (("X1", "X3", "Y2"), True),
        (("X1", "X2", "X3", "Y1", "Y2", "Y3"), True),
    ],
)
def test_quorum_of_groups(names: tuple[str, ...], met: bool) -> None:
    policy = read_lines(nested().encode())
    assert policy.met(names) is met
    assert policy.counted(("X1", "X3", "Y2")) == "2 of 2, 2 are needed"


K = keys(3)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["nonsense"], "line 1: nonsense is no line of a policy"),
        (["witness w0"], "line 1: witness w0 is no line"),
        ([f"witness none {K[0]}"], "line 1: the name none is taken"),
        ([f"witness w0 {K[0]}", f"witness w0 {K[1]}"], "line 2: the name w0 is taken"),
        ([f"witness a {K[0]}", f"witness b {K[0]}"], "line 2: the key of the witness b is named twice"),
        (["quorum w0"], "line 1: w0 is no witness or group of the lines before"),
        (["quorum none", "quorum none"], "line 2: quorum none is no line"),
        ([f"witness w0 {K[0]}", "group g 2 w0"], "line 2: the group g needs 2 of 1"),
        ([f"witness w0 {K[0]}", "group g 0 w0"], "line 2: the group g needs 0 of 1"),
        ([f"witness w0 {K[0]}", "group g any w0 w0"], "line 2: the group g has a member that is a member already"),
        ([f"witness w0 {K[0]}", "group g 1 w0", "group h any w0"], "line 3: the group h has a member"),
        ([f"log {K[0]}"], "line 1: the verifier key is not of Ed25519 (0x01"),
        (["quorum\x07none"], "no control characters"),
    ],
)
def test_policy_that_can_not_be_meant(lines: list[str], words: str) -> None:
    with pytest.raises(Fault) as refusal:
        read_lines("\n".join(lines).encode())
    assert words in str(refusal.value)


def test_policy_without_a_quorum_is_none(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(f"witness w0 {K[0]}\n")
    with pytest.raises(Fault, match="a policy needs a line that says the quorum"):
        read_policy(tmp_path / "policy")


def test_later_sight_answers_for_the_earlier() -> None:
    sightings = Sightings(of_witnesses(K, 2))
    w0, w1, w2 = sightings.policy.witnesses.values()
    for size, seen in [(5, {w0: 1, w1: 2}), (9, {w2: 3}), (7, {w0: 4})]:
        sightings.add(size, seen)
    assert sightings.enough() == 7
    assert (sightings.by(7), sightings.by(8)) == (["w0", "w2"], ["w2"])
    sightings.policy.groups["+"] = (3, sightings.policy.groups["+"][1])
    assert sightings.enough() == 5


# Three witnesses who sign checkpoints of the demo's room.
PRIVATE = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(3)]


def cosigned(row: Checkpoint, number: int) -> str:
    key, text = Cosigner.read(K[number]), row.note.rpartition("\n\n")[0].encode() + b"\n"
    signature = TIME.to_bytes(8) + PRIVATE[number].sign(message(text, TIME))
    return Signature(key.name, key.key_id, signature).line


@pytest.fixture
def witnessed(decided, zhuxi, tmp_path: Path) -> Path:
    """A bundle in which w0 has seen the last checkpoint and w1 the one before."""
    from negotiation import bundles

    sequence_all(SCOPE)
    rows = list(Checkpoint.objects.filter(scope=SCOPE).order_by("-size"))
    for number, row in enumerate(rows[:2]):
        label = platform.WitnessKey.read(K[number]).label
        Cosignature.objects.create(checkpoint=row, witness=label, line=cosigned(row, number))
    # The export's own entry, sealed with it, is one more checkpoint that nobody has seen.
    bundles.export_by_operator(zhuxi, tmp_path / "bundle.zip", "auditor")
    return tmp_path / "bundle.zip"


def test_bundle_says_who_has_seen_how_much(witnessed: Path, stranger, tmp_path: Path) -> None:
    sizes = [size for size in unpacked(witnessed) if size.startswith("checkpoints/")]
    last = max(int(name[12:-4]) for name in sizes)
    plain = stranger(witnessed)
    assert "signatures of others, not checked (--policy, --witness): w0, w1" in plain.out
    done = stranger(witnessed, "--witness", K[0], "--witness", K[1], "--witness", K[2], "--need", 2)
    assert (done.code, done.err) == (0, "")
    seen = int(done.out.split("so many have seen the first ")[1].split()[0])
    assert f"witnesses: 2 of 3, 2 are needed; so many have seen the first {seen} entries" in done.out
    assert f"  w1: size {seen}, 2023-03-20T12:25:47Z\n  w2: nothing\n" in done.out
    assert f"worth a look: the last {last - seen} entries were not yet seen by enough witnesses" in done.out
    assert "signatures of others" not in done.out
    one = stranger(witnessed, "--witness", K[0])
    assert "the last 1 entries" in one.out and "1 of 1, 1 are needed" in one.out


def test_bundle_without_enough_witnesses_does_not_hold(witnessed: Path, capsys, tmp_path: Path) -> None:
    assert main([str(witnessed), *("--witness", K[0], "--witness", K[1], "--witness", K[2])]) == 1
    assert "no checkpoint was seen by enough witnesses: 2 of 3, 3 are needed" in capsys.readouterr().err
    policy = tmp_path / "policy"
    policy.write_text(f"witness w2 {K[2]}\nquorum w2\n")
    assert main([str(witnessed), "--policy", str(policy)]) == 1
    other = Verifier("example.org/log/x", b"\1" * 32).text
    policy.write_text(f"log {other}\nwitness w0 {K[0]}\nquorum w0\n")
    assert main([str(witnessed), "--policy", str(policy)]) == 1
    assert "is none of those that the policy names" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(witnessed), "--witness", K[0], "--need", "2"])


def test_false_cosignature_in_a_bundle_is_a_fault(witnessed: Path, tmp_path: Path) -> None:
    files = unpacked(witnessed)
    name, content = next((name, raw) for name, raw in files.items() if b" w0 " in raw)
    line = content.decode().splitlines()[-1]
    signature = Signature("w0", Cosigner.read(K[0]).key_id, TIME.to_bytes(8) + b"x" * 64).line
    changed = packed({**files, name: content.replace(line.encode() + b"\n", signature.encode())}, tmp_path / "b.zip")
    with open_bundle(changed) as bundle, pytest.raises(Fault, match=f"{name}: the cosignature of w0 is false"):
        check_bundle(bundle, policy=of_witnesses(K[:1], 1))
    # Who does not know the witness passes over its line.
    with open_bundle(changed) as bundle:
        assert check_bundle(bundle).others == {"w0", "w1"}


def test_receipt_says_who_has_seen_its_checkpoint(receipt: Path, capsys) -> None:
    assert main(["--receipt", str(receipt), "--witness", K[0]]) == 1
    assert "the checkpoint was not seen by enough witnesses: 0 of 1" in capsys.readouterr().err
    row = json.loads(receipt.read_bytes())
    row["checkpoint"] += cosigned(Checkpoint(note=row["checkpoint"]), 0)
    receipt.write_bytes(rfc8785.dumps(row))
    assert main(["--receipt", str(receipt), "--witness", K[0]]) == 0
    assert "witnesses: 1 of 1, 1 are needed" in capsys.readouterr().out
