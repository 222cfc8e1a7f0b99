"""Where made files lie: in the folder of private files, never served by path, gone when they are out of date."""

import datetime as dt
import os
from pathlib import Path

from django.conf import settings

FOLDER = "exports"


def path_of(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / name


def room_for(name: str) -> Path:
    """The path of a file that is about to be written."""
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def finish(draft: Path, name: str) -> int:
    """Give a whole file its name; its size."""
    size = draft.stat().st_size
    os.replace(draft, path_of(name))
    return size


def remove(name: str) -> None:
    if name:
        path_of(name).unlink(missing_ok=True)


def sweep(named: set[str], *, until: dt.datetime) -> None:
    """Drop what lies there unnamed and was last written before `until`: half files of killed workers, and lost ones."""
    folder = path_of("")
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named and dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) < until:
            path.unlink(missing_ok=True)
