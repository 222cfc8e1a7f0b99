"""The embedded servers come up before Django reads its settings; tests may lose what a power cut would lose."""

import os

from crm.lib.embedded import ensure_servers

os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
ensure_servers()
