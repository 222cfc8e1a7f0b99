"""The Indonesian catalogues, one a room: <room>/locale/id/LC_MESSAGES/django.po. English is the source language.

    python .ci/messages.py extract    writes new strings into the catalogues and drops those no longer used
    python .ci/messages.py compile    makes the .mo files Django reads (not committed)
    python .ci/messages.py check      fails on anything untranslated, fuzzy, stale, with other placeholders,
                                      or said otherwise in another room

Names of rooms may follow (crm/cases …), else it does all.
A string belongs to the room of its Python file or of templates/<room>/; the shell's belong to crm/desk.
"""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SHELL = "crm/desk"
SHELL_SOURCES = ("crm/lib", "crm/settings.py", "crm/urls.py", "templates/_components")
NOT_OURS = {"migrations", "locale", "static", "node_modules"}
PLURAL, CONTEXT, BOTH = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), BOTH),
}
# Indonesian has one form for any number; Babel would guess two.
EMPTY = b"""msgid ""
msgstr ""
"Project-Id-Version: Sapa 1\\n"
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
DATED = ('"POT-Creation', '"PO-Revision', '"Generated-By', '"Last-Translator', '"Language-Team', '"Report-Msgid')


def rooms() -> list[str]:
    apps = [f"crm/{p.parent.name}" for p in ROOT.glob("crm/*/apps.py")]
    return sorted({*apps, *(p.parent.name for p in ROOT.glob("*/apps.py"))} - {"crm/lib"})


def catalogue_path(room: str) -> Path:
    return ROOT / room / "locale" / "id" / "LC_MESSAGES" / "django.po"


def sources(room: str) -> Iterator[Path]:
    places = [ROOT / room, ROOT / "templates" / Path(room).name]
    if room == SHELL:
        places += [ROOT / place for place in SHELL_SOURCES]
        yield from sorted((ROOT / "templates").glob("*.html"))
    for place in places:
        yield from sorted(p for p in ([place] if place.is_file() else place.rglob("*")) if is_source(p))


def is_source(path: Path) -> bool:
    return path.suffix in {".py", ".html", ".txt"} and not NOT_OURS & set(path.relative_to(ROOT).parts)


def as_python(path: Path) -> bytes:
    text = path.read_text()
    if path.suffix == ".py":
        return text.encode()
    lines = templatize(text, origin=str(path)).splitlines()
    return "\n".join(line.lstrip() for line in lines).encode()  # indentation would mean something to a Python tokenizer


def strings(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    found = babel_extract("python", io.BytesIO(as_python(path)), KEYWORDS, options={"encoding": "utf-8"})
    yield from ((message, context) for _line, message, _comments, context in found)


def found_in(room: str) -> Catalog:
    catalogue = empty()
    for path in sources(room):
        for message, context in strings(path):
            catalogue.add(message, context=context, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


def empty() -> Catalog:
    return read_po(io.BytesIO(EMPTY), locale="id")


def kept(room: str) -> Catalog:
    path = catalogue_path(room)
    if not path.exists():
        return empty()
    with path.open("rb") as file:
        return read_po(file, locale="id")


def write(room: str, catalogue: Catalog) -> None:
    """Without dates, so that two people who extract the same strings write the same file."""
    text = io.BytesIO()
    catalogue.header_comment, catalogue.fuzzy = f"# {room} in Bahasa Indonesia.", False
    catalogue.project, catalogue.version = "Sapa", "1"
    write_po(text, catalogue, width=110, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    lines = [line for line in text.getvalue().decode().splitlines() if not line.startswith(DATED)]
    path = catalogue_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def extract(room: str) -> list[str]:
    found, catalogue = found_in(room), kept(room)
    if not len(found):
        return []
    catalogue.update(found, no_fuzzy_matching=True)
    write(room, catalogue)
    return []


def compile_(room: str) -> list[str]:
    catalogue = kept(room)
    if len(catalogue):
        with catalogue_path(room).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return []


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def complaints(found: Catalog, catalogue: Catalog) -> Iterator[tuple[str, Message]]:
    def key(message: Message) -> tuple[object, str | None]:
        return message.id, message.context

    ours, used = {key(m): m for m in catalogue if m.id}, {key(m): m for m in found if m.id}
    yield from (("not in the catalogue", used[k]) for k in used.keys() - ours.keys())
    yield from (("no longer used", ours[k]) for k in ours.keys() - used.keys())
    yield from (("untranslated", m) for m in ours.values() if not is_translated(m))
    yield from (("fuzzy", m) for m in ours.values() if m.fuzzy)
    yield from (("other placeholders", m) for m, _errors in catalogue.check())


def check(room: str) -> list[str]:
    return sorted(f"{room}: {fault}: {message.id!r}" for fault, message in complaints(found_in(room), kept(room)))


def said_otherwise() -> list[str]:
    """Django has one dictionary for all rooms: of two translations of one string it silently uses one for both."""
    said: dict[tuple[object, str | None], set[object]] = {}
    for message in (message for room in rooms() for message in kept(room) if message.id):
        said.setdefault((message.id, message.context), set()).add(message.string)
    return sorted(f"said otherwise in another room: {key[0]!r}" for key, words in said.items() if len(words) > 1)


COMMANDS: dict[str, Callable[[str], list[str]]] = {"extract": extract, "compile": compile_, "check": check}


def main() -> None:
    command, *chosen = sys.argv[1:] or [""]
    if command not in COMMANDS or not set(chosen) <= set(rooms()):
        sys.exit(__doc__)
    settings.configure(USE_I18N=True)
    faults = [fault for room in chosen or rooms() for fault in COMMANDS[command](room)]
    if command == "check":
        faults += said_otherwise()
    if faults:
        sys.exit("\n".join(faults) + f"\n{len(faults)} to mend: .ci/messages.py extract, then translate")


if __name__ == "__main__":
    main()
