"""Dovecot: IMAP and LMTP on loopback, a mailbox for every address, everything in one folder that goes with it."""

import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imap_tools import MailBoxUnencrypted, MailMessage

from tests.channels.certificate import write_certificate
from tests.processes import free_port, wait_for_port

PASSWORD = "kata-sandi-kotak-surat"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap lmtp
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
mail_uid = {owner}
mail_gid = {group}
auth_username_format = %Lu
lmtp_save_to_detail_mailbox = no
recipient_delimiter =
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """`stop` and `start` again: the mail stays."""

    def __init__(self, program: str, home: Path) -> None:
        self.program, self.home = program, home
        self.imap, self.imaps, self.lmtp = free_port(), free_port(), free_port()
        self.certificate, self.key = write_certificate(home)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.home / "config").write_text(self._config())
        command = [self.program, "-F", "-c", str(self.home / "config")]
        self._process = subprocess.Popen(command, start_new_session=True)
        for port in (self.imap, self.imaps, self.lmtp):
            wait_for_port(port, self._process)

    def _config(self) -> str:
        """As root it drops to Debian's accounts for it; anybody else runs all of it as themselves."""
        me = pwd.getpwuid(os.getuid()).pw_name
        internal, login, owner = ("dovecot", "dovenull", "nobody") if os.getuid() == 0 else (me, me, me)
        group = subprocess.run(["id", "-gn", owner], check=True, capture_output=True, text=True).stdout.strip()
        shutil.chown(self.home, owner) if os.getuid() == 0 else None
        return CONFIG.format(
            home=self.home, internal=internal, login=login, owner=owner, group=group, password=PASSWORD,
            imap=self.imap, imaps=self.imaps, lmtp=self.lmtp, certificate=self.certificate, key=self.key,
        )  # fmt: skip

    def tls(self) -> ssl.SSLContext:
        """For another server with the same certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def stop(self) -> None:
        """As when the machine fails: nobody says good-bye."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    @contextmanager
    def mailbox(self, address: str, folder: str = "INBOX") -> Iterator[MailBoxUnencrypted]:
        with MailBoxUnencrypted("127.0.0.1", self.imap).login(address, PASSWORD, folder) as box:
            yield box

    def mails(self, address: str, folder: str = "INBOX") -> list[MailMessage]:
        """What lies in a folder now; a folder that nobody made yet is empty."""
        with self.mailbox(address) as box:
            if not box.folder.exists(folder):
                return []
            box.folder.set(folder)
            return list(box.fetch(mark_seen=False))

    def wait_for_mail(
        self, address: str, number: int = 1, *, folder: str = "INBOX", seconds: float = 30
    ) -> MailMessage:
        """The newest of so many mails, once they are there."""
        deadline = time.monotonic() + seconds
        while len(mails := self.mails(address, folder)) < number:
            assert time.monotonic() < deadline, f"{len(mails)} of {number} mails in {folder}"
            time.sleep(0.1)
        return mails[-1]


@contextmanager
def dovecot(program: str) -> Iterator[Dovecot]:
    """Not in tmp_path: the accounts that root lends to Dovecot cannot pass through it."""
    home = Path(tempfile.mkdtemp(prefix="sapa-dovecot-"))
    home.chmod(0o755)
    server = Dovecot(program, home)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)
