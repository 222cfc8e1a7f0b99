#!/usr/bin/env python
"""Any command starts or joins the embedded servers when no URLs are given."""

import os
import sys

from django.core.management import execute_from_command_line

from crm.lib.embedded import ServerFailed, ensure_servers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    try:
        ensure_servers()
    except ServerFailed as failure:
        sys.exit(str(failure))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
