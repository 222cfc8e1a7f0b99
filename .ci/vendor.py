"""Puts what the pages need from node_modules into static/vendor (`npm ci` first). Does nothing when up to date.

Writes tabler.css (what .ci/tabler.txt names of it), font/, htmx.js, echarts.js (the parts in .ci/echarts.js) and
icons.svg (a sprite of those in use).
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / ".stamp"
USED_IN_TEMPLATE = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""")
SOURCE_MAP = re.compile(r"/[*/]# sourceMappingURL=.*")


def icon_names() -> list[str]:
    """Literal names in templates, and those of .ci/icons.txt, which are chosen while a page is made."""
    listed = (ROOT / ".ci" / "icons.txt").read_text().split()
    templates = (ROOT / "templates").rglob("*.html")
    return sorted({*listed, *(name for page in templates for name in USED_IN_TEMPLATE.findall(page.read_text()))})


def symbol(name: str) -> str:
    drawing = NODE / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not drawing.exists():
        sys.exit(f"vendor: there is no icon {name!r} in @tabler/icons")
    paths = [p for p in re.findall(r"<path[^>]*/>", drawing.read_text()) if 'stroke="none"' not in p]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>'


def write_sprite(names: list[str]) -> None:
    symbols = "\n".join(symbol(name) for name in names)
    (VENDOR / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')


def copy_text(source: str, target: str) -> None:
    """Without the link to a source map: the manifest storage would look for a file that is not there."""
    (VENDOR / target).write_text(SOURCE_MAP.sub("", (NODE / source).read_text()))


def keep_of_tabler() -> None:
    """Of Tabler's style sheet the elements and parts that .ci/tabler.txt names: a fifteenth of it."""
    copy_text("@tabler/core/dist/css/tabler.min.css", "tabler.css")
    purge = NODE / ".bin" / "purgecss"
    options = [
        "--content",
        ROOT / ".ci" / "tabler.txt",
        "--output",
        VENDOR,
        "--variables",
        "--keyframes",
        "--font-face",
    ]
    subprocess.run([purge, "--css", VENDOR / "tabler.css", *options], check=True)


def copy_font() -> None:
    font = NODE / "@fontsource-variable" / "plus-jakarta-sans"
    shutil.copytree(font / "files", VENDOR / "font" / "files", ignore=shutil.ignore_patterns("*-italic.woff2"))
    shutil.copy(font / "index.css", VENDOR / "font" / "index.css")
    shutil.copy(font / "LICENSE", VENDOR / "font" / "LICENSE")


def bundle_charts() -> None:
    entry, target = ROOT / ".ci" / "echarts.js", VENDOR / "echarts.js"
    esbuild = NODE / ".bin" / "esbuild"
    options = ["--bundle", "--minify", "--format=esm", "--legal-comments=eof", "--log-level=warning"]
    subprocess.run([esbuild, entry, *options, f"--outfile={target}"], check=True)


def fingerprint(names: list[str]) -> str:
    lists = [ROOT / ".ci" / "echarts.js", ROOT / ".ci" / "tabler.txt"]
    made_from = [ROOT / "package-lock.json", *lists, Path(__file__)]
    return hashlib.sha256(b"".join(p.read_bytes() for p in made_from) + " ".join(names).encode()).hexdigest()


def main() -> None:
    names = icon_names()
    stamp = fingerprint(names)
    if STAMP.exists() and STAMP.read_text() == stamp:
        return
    if not NODE.exists():
        sys.exit("vendor: node_modules is missing, run `npm ci`")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    keep_of_tabler()
    copy_text("htmx.org/dist/htmx.min.js", "htmx.js")
    copy_font()
    bundle_charts()
    write_sprite(names)
    STAMP.write_text(stamp)


if __name__ == "__main__":
    main()
