"""The live process: server-sent events on a port of its own; pages are served by crm.wsgi."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from crm.desk.live.stream import LiveApplication  # noqa: E402  needs the apps

application = LiveApplication()
