#!/usr/bin/env python3
"""Checks what docs call "checked": sizes, direction of includes, words, and a silent library.

Usage: tests/tidy/tidy.py [ROOT]. Prints `path:line: rule: message` and exits 1 if there is any.
A rule is a generator over a Tree that yields (path, line, message); RULES lists them all, and
self_test.py holds for each one a small tree that it must flag.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CPP = (".h", ".cc")
CODE = CPP + (".py", ".sh", ".cmake", ".ts", ".js", ".mjs", ".svelte", ".css", ".awk")
NOT_OURS = {".git", "build", "node_modules", ".cache", "__pycache__"}

MAX_FILE, LARGE_FILE, MAX_COLUMNS, MAX_FUNCTION = 600, 400, 100, 70
MAX_PUBLIC_HEADERS, MAX_PUBLIC_LINES = 18, 200

# Which layers of src/ a layer may include besides itself; engine alone knows all of them.
LAYERS = {
    "core": set(),
    "readers": {"core"},
    "store": {"core"},
    "methods": {"core"},
    "writers": {"core"},
    "sim": {"core"},
    "collect": {"core"},
    "review": {"core"},
    "explanations": {"core"},
}
LAYERS["engine"] = set(LAYERS)
# No conclusion without a citable finding: explanations see findings, never what lies below them.
HIDDEN_FROM_EXPLANATIONS = {"record.h", "store.h", "reader.h", "method.h"}

# In what a user reads. A noun "match" is told from the verb by the word before it.
WORDS = re.compile(r"(?<![-\w])(proofs?|hits?|pings?|pinged|suspicious|"
                   r"(?:a|an|no|the|one|this|each|\d+|\{\}) match(?:es)?|"
                   r"(?<!authoritative )DNS servers?)(?![-\w])", re.IGNORECASE)
# Terms of the field that hold such a word: the place and the reason belong beside each entry.
ALLOWED_PHRASES = re.compile(r"cache hits?\b", re.IGNORECASE)

IMPURE = [
    (re.compile(r"\b(?:secure_)?getenv\b"), "reads the environment"),
    (re.compile(r"\bsystem_clock::now\b|\bgettimeofday\b|\bCLOCK_REALTIME\b|"
                r"(?<![\w.>])time\((?:nullptr|NULL|0)\)"), "reads the clock"),
    (re.compile(r"\bstd::(?:cout|cerr|clog|print|println)\b|\bfmt::print(?:ln)?\b|"
                r"(?<!\w)(?:v?f?printf|f?puts|putchar|perror)\s*\("), "prints"),
    (re.compile(r"(?<![\w.>])(?:_?exit|_Exit|quick_exit)\s*\("), "exits"),
]

# Spelled in pieces, so that this file passes its own check.
PLACES = re.compile("|".join([
    r"registry\." + "npmjs", r"npm" + r"mirror\.", r"deb\." + "debian", r"snapshot\." + "debian",
    r"pypi\." + "org", r"python" + r"hosted", r"proxy\." + "golang",
    r"(?<![\w.])/wor" + r"k/(?:main|shared|wt|\.)"]))

# A lawyer looks for the second, a statistician for the fourth to sixth: on every page at one place.
METHOD_HEADINGS = [
    "The question", "What it says and does not say", "Example", "How it is computed",
    "Assumptions", "How it fails", "When it declines, and which record is needed", "Error rates",
    "References"]


class Tree:
    """The project's own text files, read once."""

    def __init__(self, root):
        self.root = Path(root)
        self.lines = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(set(folders) - NOT_OURS)
            for name in sorted(names):
                path = Path(folder, name)
                relative = path.relative_to(self.root).as_posix()
                if path.is_symlink() or relative.startswith((".git", "tests/data/")):
                    continue
                try:
                    self.lines[relative] = path.read_text(encoding="utf-8").split("\n")
                except UnicodeDecodeError:
                    continue  # an image or the like

    def select(self, suffixes, *folders):
        return [p for p in self.lines if p.endswith(suffixes)
                and (not folders or p.startswith(folders))]

    def code(self):
        return [p for p in self.lines if p.endswith(CODE) or self.lines[p][0].startswith("#!")]

    def length(self, path):
        lines = self.lines[path]
        return len(lines) - (lines[-1] == "")


def blank(text, pattern):
    """Blanks what the pattern finds, and keeps the line breaks so that numbers stay right."""
    return re.sub(pattern, lambda m: "\n" * m.group().count("\n"), text, flags=re.DOTALL)


RAW_STRING = r'R"(\w*)\(.*?\)\1"'
COMMENT_OR_STRING = r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"'


def code_only(lines):
    return blank(blank("\n".join(lines), RAW_STRING), COMMENT_OR_STRING).split("\n")


def file_length(tree):
    code = tree.code()
    for path in code:
        if tree.length(path) > MAX_FILE:
            yield path, tree.length(path), f"{tree.length(path)} lines, at most {MAX_FILE}"
    large = [p for p in code if tree.length(p) > LARGE_FILE]
    if len(large) * 10 > len(code):
        yield large[0], 1, f"{len(large)} of {len(code)} files have over {LARGE_FILE} lines"


def line_length(tree):
    for path in tree.code() + tree.select(("CMakeLists.txt", "Makefile")):
        for number, line in enumerate(tree.lines[path], 1):
            if len(line) > MAX_COLUMNS:
                yield path, number, f"{len(line)} columns, at most {MAX_COLUMNS}"


def function_length(tree):
    """From a signature in column 0 to the brace in column 0: what .clang-format makes of them."""
    type_or_table = re.compile(r"(inline )?namespace|extern *\{|struct|class|enum|union|.*=$")
    for path in tree.select(CPP):
        start, head, in_function = 0, "", False
        for number, line in enumerate(code_only(tree.lines[path]), 1):
            if line.startswith("}"):
                length = number - start + 1
                if in_function and length > MAX_FUNCTION:
                    yield path, start, f"{length} lines, at most {MAX_FUNCTION}"
                head, in_function = "", False
            elif not in_function:
                if line and line[0] not in " #":
                    start, head = number, line.rstrip("{ ")
                if head and line.endswith(" {"):
                    in_function = not type_or_table.match(head)
                    head = ""


def included(tree, path):
    """Yields (line, "assay" or a layer or "", name) for every include in quotes."""
    for number, line in enumerate(tree.lines[path], 1):
        quoted = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        if not quoted:
            continue
        name = quoted.group(1)
        if name.startswith("."):
            name = os.path.normpath(os.path.join(os.path.dirname(path), name))
            name = re.sub(r"^(src|include)/", "", name)
        first = name.split("/")[0]
        yield number, first if first == "assay" or first in LAYERS else "", name


def include_direction(tree):
    for path in tree.select(CPP, "include/", "src/", "apps/"):
        own = path.split("/")[1] if path.startswith("src/") else path.split("/")[0]
        may = LAYERS.get(own, set()) | {own}
        for number, target, name in included(tree, path):
            if target == "assay":
                if name == "assay/engine.h" and own in LAYERS and own != "engine":
                    yield path, number, f"{own} may not know the engine"
            elif target and target not in may:
                yield path, number, f"{own} may not include {name}"


def explanations_see_findings_only(tree):
    """Follows the public headers as well, since an include in one of them opens the same door."""
    for path in tree.select(CPP, "src/explanations/"):
        todo, seen = [(n, name) for n, _, name in included(tree, path)], set()
        while todo:
            number, name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name.startswith("assay/") and name[6:] in HIDDEN_FROM_EXPLANATIONS:
                yield path, number, f"reaches {name}; an explanation sees findings only"
            for header in ("include/" + name, "src/" + name):
                if header in tree.lines:
                    todo += [(number, inner) for _, _, inner in included(tree, header)]


def public_headers(tree):
    headers = tree.select((".h",), "include/assay/")
    if len(headers) > MAX_PUBLIC_HEADERS:
        yield headers[-1], 1, f"{len(headers)} public headers, at most {MAX_PUBLIC_HEADERS}"
    for path in headers:
        if tree.length(path) > MAX_PUBLIC_LINES:
            yield path, 1, f"{tree.length(path)} lines, at most {MAX_PUBLIC_LINES} here"


def spoken_text(tree):
    """Yields (path, line, text) of what a user reads: sentences in literals, and the docs."""
    for path in tree.select(CPP, "include/", "src/", "apps/"):
        for number, line in enumerate(tree.lines[path], 1):
            if not line.lstrip().startswith(("#", "//")):
                for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                    if " " in literal:
                        yield path, number, literal
    for path in tree.select((".md",), "docs/", "README.md"):
        quotes = r'```.*?```|`[^`]*`|"[^"\n]*"|“[^”]*”'
        for number, line in enumerate(blank("\n".join(tree.lines[path]), quotes).split("\n"), 1):
            yield path, number, line


def words(tree):
    for path, number, text in spoken_text(tree):
        for word in WORDS.findall(ALLOWED_PHRASES.sub("", text)):
            yield path, number, f'"{word}" says too much or too little'


def silent_library(tree):
    for path in tree.select(CPP, "include/", "src/"):
        for number, line in enumerate(code_only(tree.lines[path]), 1):
            for pattern, what in IMPURE:
                if pattern.search(line):
                    yield path, number, f"the library {what}"


def no_places(tree):
    """No registry's host and no builder's folder anywhere; no address at all in the build."""
    build = ("Makefile", "packaging/", ".ci/", "cmake/", "CMake", "package", ".npmrc")
    for path, lines in tree.lines.items():
        for number, line in enumerate(lines, 1):
            if PLACES.search(line) or path.startswith(build) and re.search(r"\w+://", line):
                yield path, number, "names a place in the network or on somebody's machine"


def data_origin(tree):
    """tests/data/README.md names each file or a folder above it: | `path` | origin | licence |"""
    data = tree.root / "tests/data"
    readme = data / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    named = set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))
    for path in sorted(p for p in data.rglob("*") if p.is_file() and p != readme):
        name = path.relative_to(data)
        folders = {f"{parent.as_posix()}/" for parent in name.parents}
        if name.as_posix() not in named and not folders & named:
            yield f"tests/data/{name.as_posix()}", 1, "origin and licence missing in README.md"


def dependencies_explained(tree):
    """docs/dependencies.md names every package of both lists."""
    text = "\n".join(tree.lines.get("docs/dependencies.md", []))
    apt, npm = "packaging/packages.txt", "package.json"
    packages = [(apt, n, line.split()[0]) for n, line in enumerate(tree.lines.get(apt, []), 1)
                if line and line[0] not in "#["]
    manifest = json.loads("\n".join(tree.lines.get(npm, ["{}"])))
    packages += [(npm, 1, name) for kind in ("dependencies", "devDependencies")
                 for name in manifest.get(kind, {})]
    for path, number, name in packages:
        if f"`{name}`" not in text:
            yield path, number, f"{name} has no row in docs/dependencies.md"


def headings(lines):
    """Yields (line, depth, text) of a page in Markdown."""
    text = blank("\n".join(lines), r"^```.*?^```")
    for number, line in enumerate(re.sub(r"(?m)^    .*", "", text).split("\n"), 1):
        heading = re.match(r"(#+) +(.*?) *$", line)
        if heading:
            yield number, len(heading.group(1)), heading.group(2)


def method_pages(tree):
    """Each method has a page with the headings of METHOD_HEADINGS, and a line in the index."""
    folder, index = "docs/methods/", "docs/methods/README.md"
    indexed = set(re.findall(r"\]\((\w+\.md)\)", "\n".join(tree.lines.get(index, []))))
    pages = {p for p in tree.select((".md",), folder) if p != index}
    for path in sorted(pages):
        found = [text for _, depth, text in headings(tree.lines[path]) if depth == 2]
        if found != METHOD_HEADINGS:
            wrong = [t for t in METHOD_HEADINGS if t not in found] or found
            yield path, 1, f"headings are not those of METHOD_HEADINGS: {', '.join(wrong)}"
        if path.removeprefix(folder) not in indexed:
            yield path, 1, f"{index} has no line for it"
    registry = "src/methods/registry.cc"
    for number, line in enumerate(tree.lines.get(registry, []), 1):
        for name in re.findall(r"&methods::(\w+)_method\(\)", line):
            if f"{folder}{name}.md" not in pages:
                yield registry, number, f"{folder}{name}.md is missing"


def anchors(lines):
    """What a link may name behind #, as GitHub spells it."""
    seen = {}
    for _, _, text in headings(lines):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug


def links(tree):
    """Relative links of every page lead to a file, and those with # to a heading in it."""
    for path in tree.select((".md",)):
        text = blank(blank("\n".join(tree.lines[path]), r"```.*?```"), r"`[^`\n]*`")
        for found in re.finditer(r"\]\(([^)\s]+)\)", text):
            target, _, anchor = found.group(1).partition("#")
            number = text.count("\n", 0, found.start()) + 1
            if "://" in target or target.startswith("mailto:"):
                continue
            file = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            if not (tree.root / file).exists():
                yield path, number, f"{target} does not exist"
            elif anchor and file in tree.lines and anchor not in anchors(tree.lines[file]):
                yield path, number, f"{file} has no heading #{anchor}"


def formatting(tree):
    tool = shutil.which("clang-format-14")
    files = tree.select(CPP)
    if not tool or not files:
        return
    run = subprocess.run([tool, "--dry-run", *files], cwd=tree.root, text=True,
                         capture_output=True, check=False)
    for path in sorted(set(re.findall(r"^(\S+?):\d+:\d+: warning", run.stderr, re.MULTILINE))):
        yield path, 1, "not formatted (make format)"


RULES = [file_length, line_length, function_length, include_direction,
         explanations_see_findings_only, public_headers, words, silent_library, no_places,
         data_origin, dependencies_explained, method_pages, links, formatting]


def findings(root, rules):
    tree = Tree(root)
    return [(path, line, rule.__name__, message)
            for rule in rules for path, line, message in rule(tree)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = findings(root, RULES)
    for path, line, rule, message in found:
        print(f"{path}:{line}: {rule}: {message}")
    print(f"tidy: {len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
