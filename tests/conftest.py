"""For every test. The servers come up with the settings (crm/lib/embedded)."""

import os

# Tests may lose what a power cut would lose; nothing else depends on it.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
