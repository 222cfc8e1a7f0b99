"""Compiles every template: a page that nobody opened in a test still parses."""

import os
import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()
    broken = [message for path in sorted(Path("templates").rglob("*.*")) if (message := fault(path))]
    print("\n".join(broken) or "Every template compiles.")
    return 1 if broken else 0


def fault(path: Path) -> str | None:
    try:
        engines["django"].from_string(path.read_text())
    except TemplateSyntaxError as error:
        return f"{path}: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())
