"""The process a bench runs in: `manage.py bench` starts it with the environment of the bench database."""

import argparse
import importlib
import os

import django

from crm.demo.bench import module_of, table


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--n", type=int)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=8)
    return parser.parse_args()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    chosen = options()
    module = importlib.import_module(module_of(chosen.name))
    figures = module.run(chosen)
    print(table.last_line(chosen.name, figures), flush=True)


if __name__ == "__main__":
    main()
