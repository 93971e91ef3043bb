"""Signed notes: the vectors of Go's golang.org/x/mod/sumdb/note (BSD-3-Clause) and of RFC 8032."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import notes as platform
from tongchou_verify.checkpoints import open_checkpoint, read_checkpoint
from tongchou_verify.faults import Fault
from tongchou_verify.notes import Verifier, open_note

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_SIGNED = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_SIGNED = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_ed25519_is_that_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert platform.public_bytes(key).hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    verifier = Verifier("x", bytes.fromhex(public))
    assert verifier.signed(bytes.fromhex(message), bytes.fromhex(signature))
    assert not verifier.signed(bytes.fromhex(message) + b"x", bytes.fromhex(signature))


def test_key_of_go_is_read_and_written() -> None:
    for text in (PETER, ENOCH):
        assert Verifier.read(text).text == text
        assert platform.verifier_key(Verifier.read(text).name, Verifier.read(text).public) == text


def test_no_piece_of_a_key_is_a_key() -> None:
    whole = [PETER[begin:end] for begin in range(len(PETER)) for end in range(begin + 1, len(PETER) + 1)]
    bumped = [PETER[:n] + chr(ord(PETER[n]) + 1) + PETER[n + 1 :] for n in range(len(PETER))]
    wrong = [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ]
    accepted = [text for text in {*whole, *bumped, *wrong} - {PETER} if is_key(text)]
    assert accepted == []


def is_key(text: str) -> bool:
    try:
        Verifier.read(text)
    except Fault:
        return False
    return True


def test_platform_signs_as_go_does() -> None:
    import base64

    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PRIVATE)[1:])
    assert platform.sign(TEXT, "PeterNeumann", [key]) == TEXT + "\n" + PETER_SIGNED


def test_note_is_opened_with_either_key() -> None:
    note = f"{TEXT}\n{PETER_SIGNED}{ENOCH_SIGNED}".encode()
    assert open_note(note, Verifier.read(PETER)) == open_note(note, Verifier.read(ENOCH)) == TEXT.encode()


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER_SIGNED[:-1]}",
        f"\x01{TEXT}\n{PETER_SIGNED}",
        f"{TEXT}\n{PETER_SIGNED.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{PETER_SIGNED}Unexpected line.\n",
        f"{TEXT}\n{PETER_SIGNED * 101}",
        f"{TEXT}\n{PETER_SIGNED[:60]}ABCD{PETER_SIGNED[60:]}",
        f"{TEXT}\n{ENOCH_SIGNED}",
        f"{TEXT}\n{PETER_SIGNED.replace('PeterNeumann', 'CarmenSandiego')}",
        f"{TEXT}\n{PETER_SIGNED.replace('x08g', 'xxxx')}",
        f"x{TEXT}\n{PETER_SIGNED}",
    ],
)
def test_note_that_go_refuses_is_refused(note: str) -> None:
    with pytest.raises(Fault):
        open_note(note.encode(), Verifier.read(PETER))


def test_note_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Fault):
        open_note(b"\xff" + f"{TEXT}\n{PETER_SIGNED}".encode(), Verifier.read(PETER))


ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n1\n{ROOT[:-4]}\n",
        f"o\n1\n{ROOT[:-2]}V=\n",
        f"o\n\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"o\n1\n{ROOT}\n\nx\n",
        f"o\n99999999999999999\n{ROOT}\n",
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        read_checkpoint(text.encode())


def test_checkpoint_may_have_more_lines() -> None:
    found = read_checkpoint(f"example.org/log/x\n20\n{ROOT}\nmore\n".encode())
    assert (found.origin, found.size, len(found.root)) == ("example.org/log/x", 20, 32)


def test_checkpoint_of_another_log_is_refused() -> None:
    key = Ed25519PrivateKey.generate()
    name = "example.org/log/a"
    note = platform.sign(platform.checkpoint_text(name, 1, b"\0" * 32), name, [key]).encode()
    verifier = Verifier(name, platform.public_bytes(key))
    assert open_checkpoint(note, verifier, name).size == 1
    with pytest.raises(Fault):
        open_checkpoint(note, verifier, "example.org/log/b")
