"""The log's key in a file that others may not read, and on a PKCS#11 token (SoftHSM; Debian: softhsm2)."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accounts.refusals import Conflict
from audit import keys, sequencer, tokens
from audit.models import Checkpoint, Key
from audit.notes import public_bytes
from tests.audit.test_keys import opens
from tests.audit.test_sequencer import SCOPE, write

pytestmark = pytest.mark.django_db
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"


@pytest.fixture(autouse=True)
def file(settings, tmp_path: Path) -> Path:
    settings.LOG_KEY_FILE = tmp_path / "secrets" / "log_key"
    return settings.LOG_KEY_FILE


def seal() -> Checkpoint:
    write(1)
    sequencer.sequence(SCOPE)
    return sequencer.last_checkpoint(SCOPE)


def refusal() -> Conflict:
    write(1)
    with pytest.raises(Conflict) as found:
        sequencer.sequence(SCOPE)
    return found.value


def pem(key: object) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class TestFile:
    """A secret file, such as those of docker or Kubernetes."""

    def given(self, file: Path, text: str, mode: int = 0o400) -> None:
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def test_secret_that_is_given_is_taken_and_not_touched(self, file: Path) -> None:
        key = Ed25519PrivateKey.generate()
        self.given(file, pem(key))
        assert opens(seal(), public_bytes(key))
        assert file.read_text() == pem(key) and file.stat().st_mode & 0o777 == 0o400

    @pytest.mark.parametrize("mode", [0o444, 0o640, 0o604, 0o660])
    def test_secret_that_others_may_read_is_refused(self, file: Path, mode: int) -> None:
        self.given(file, pem(Ed25519PrivateKey.generate()), mode)
        found = refusal()
        assert found.code == "log_key_file" and f"others may read it (mode {mode:04o}" in found.message

    @pytest.mark.parametrize("case", ["text", "half", "another kind", "not base64", "empty", "two kinds"])
    def test_secret_that_is_no_key_is_refused(self, file: Path, case: str) -> None:
        good, other = pem(Ed25519PrivateKey.generate()), pem(generate_private_key(65537, 2048))
        head, tail = "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n"
        cases = {
            "text": "nonsense",
            "half": good[:60],
            "another kind": other,
            "not base64": f"{head}%%%\n{tail}",
            "empty": "",
            "two kinds": good + other,
        }
        self.given(file, cases[case])
        found = refusal()
        assert found.code == "log_key_file" and str(file) in found.message

    def test_secret_that_can_not_be_changed_says_so(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        key = Ed25519PrivateKey.generate()
        self.given(file, pem(key))
        seal()

        def read_only(*_arguments: object) -> None:
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(keys, "write_draft", read_only)
        with pytest.raises(Conflict) as found:
            keys.rotate("Every year")
        assert found.value.code == "log_key_file" and Key.objects.count() == 1
        # Where it is made, the new key is put beside the old one; later the old one is taken away.
        fresh = Ed25519PrivateKey.generate()
        self.given(file, pem(key) + pem(fresh))
        assert opens(seal(), public_bytes(key))
        assert bytes(keys.rotate("Every year").public) == public_bytes(fresh)
        both = seal()
        assert opens(both, public_bytes(key)) and opens(both, public_bytes(fresh))
        with pytest.raises(Conflict):
            keys.end_overlap()
        self.given(file, pem(fresh))
        assert keys.end_overlap() == 1
        assert not opens(seal(), public_bytes(key))


@pytest.fixture(scope="module")
def tokens_made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library reads its settings once in a process."""
    home = tmp_path_factory.mktemp("hsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    for label in ("tongchou", "other"):
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "0815"]
        subprocess.run(command, check=True, capture_output=True)
    yield
    tokens._forget()
    shutil.rmtree(home)


@pytest.mark.skipif(not MODULE.exists() and "CI" not in os.environ, reason="needs softhsm2")
class TestToken:
    @pytest.fixture(autouse=True)
    def token(self, settings, tmp_path: Path, tokens_made):
        pin = tmp_path / "pin"
        pin.write_text(f"{PIN}\n")
        pin.chmod(0o600)
        settings.LOG_PKCS11_MODULE, settings.LOG_PKCS11_PIN_FILE = str(MODULE), str(pin)
        settings.LOG_PKCS11_KEY = ""
        tokens._forget()
        yield settings
        tokens._forget()

    @pytest.fixture
    def made(self, token, tmp_path: Path):
        """A key pair on the token under this label; its public part."""

        def make(label: str) -> bytes:
            import pkcs11
            from pkcs11.util.ec import encode_named_curve_parameters

            curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}
            with pkcs11.lib(str(MODULE)).get_token(token_label="tongchou").open(user_pin=PIN, rw=True) as session:
                domain = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
                kind = pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
                public, _private = domain.generate_keypair(mechanism=kind, store=True, label=label)
                return bytes(public[pkcs11.Attribute.EC_POINT])[-32:]

        return make

    def test_key_on_the_token_seals(self, made, token, file: Path) -> None:
        public = made("seals")
        token.LOG_PKCS11_KEY = "seals"
        assert opens(seal(), public) and opens(seal(), public)
        assert not file.exists()
        assert bytes(keys.current_key().public) == public

    def test_key_follows_from_the_file_to_the_token_and_back(self, made, token, file: Path) -> None:
        token.LOG_PKCS11_MODULE = ""
        first = seal()
        in_file = bytes(keys.current_key().public)
        public = made("follows")
        token.LOG_PKCS11_MODULE, token.LOG_PKCS11_KEY = str(MODULE), "follows"
        # Until the operator says so the old one seals.
        assert opens(seal(), in_file) and not opens(seal(), public)
        assert bytes(keys.rotate("A module").public) == public
        both = seal()
        assert [opens(row, key) for row in (first, both) for key in (in_file, public)] == [True] * 4
        assert keys.end_overlap() == 1 and not file.exists()
        assert [opens(seal(), key) for key in (in_file, public)] == [False, True]
        # The next one is to be made on the token, or put into the file.
        with pytest.raises(Conflict) as found:
            keys.rotate("Back")
        assert found.value.code == "log_key_token"
        fresh = Ed25519PrivateKey.generate()
        file.write_text(pem(fresh))
        file.chmod(0o600)
        assert bytes(keys.rotate("Back").public) == public_bytes(fresh)
        assert [opens(seal(), key) for key in (public, public_bytes(fresh))] == [True, True]
        assert keys.end_overlap() == 1 and file.exists()
        token.LOG_PKCS11_MODULE = ""
        assert [opens(seal(), key) for key in (public, public_bytes(fresh))] == [False, True]

    def test_key_follows_on_the_token(self, made, token) -> None:
        old, new = made("old"), made("new")
        token.LOG_PKCS11_KEY = "old"
        seal()
        token.LOG_PKCS11_KEY = "new, old"
        keys.rotate("Every year")
        assert [opens(seal(), key) for key in (old, new)] == [True, True]
        assert keys.end_overlap() == 1
        token.LOG_PKCS11_KEY = "new"
        assert [opens(seal(), key) for key in (old, new)] == [False, True]

    @pytest.mark.parametrize(
        ("setting", "value", "words"),
        [
            ("LOG_PKCS11_MODULE", "/nowhere.so", "/nowhere.so"),
            ("LOG_PKCS11_TOKEN", "nowhere", "No token matching"),
            ("LOG_PKCS11_KEY", "nowhere", "it has no Ed25519 key pair nowhere"),
            ("LOG_PKCS11_KEY", " , ", "LOG_PKCS11_KEY names no key"),
            ("LOG_PKCS11_PIN_FILE", "/nowhere", "/nowhere: No such file or directory"),
        ],
    )
    def test_token_that_does_not_serve_stops_sealing_and_says_why(self, token, setting, value, words) -> None:
        token.LOG_PKCS11_KEY = "x"
        setattr(token, setting, value)
        found = refusal()
        assert found.code == "log_key_token" and words in found.message

    def test_pin_that_is_wrong_or_not_secret(self, token, made) -> None:
        made("pin")
        token.LOG_PKCS11_KEY = "pin"
        pin = Path(token.LOG_PKCS11_PIN_FILE)
        pin.write_text("0000")
        assert "PinIncorrect" in refusal().message
        pin.write_text(PIN)
        pin.chmod(0o644)
        assert "others may read it (mode 0644" in refusal().message
        pin.chmod(0o600)
        assert opens(seal(), public_bytes(tokens.token_keys()[0]))

    # The library complains when it puts away a search that the lost session had not ended.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_session_that_was_lost_is_opened_again(self, token, made) -> None:
        public = made("lost")
        token.LOG_PKCS11_KEY = "lost"
        seal()
        tokens._sessions[os.getpid()].close()
        assert opens(seal(), public)
