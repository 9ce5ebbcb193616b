#!/usr/bin/env python3
"""Each rule of tidy.py must flag its small bad tree, at the right file, and leave the good one."""
import shutil
import sys
import tempfile
from pathlib import Path

import tidy

DATA_README = "| file | origin | licence |\n|---|---|---|\n| `dns/` | made here | Apache-2.0 |\n"
PAGE = "# a\n" + "".join(f"## {heading}\n" for heading in tidy.METHOD_HEADINGS)
INDEX = {"docs/methods/README.md": "[a](a.md)\n"}
LONG_BODY = "int Long() {\n" + "  Step();\n" * 69 + "}\n"

GOOD = {
    ".clang-format": "DisableFormat: true\n",  # the small trees break lines as suits them
    "include/assay/finding.h": '#include <string>\n',
    "include/assay/record.h": "struct Record {};\n",
    "src/core/digest.h": "// printf( and std::getenv in a comment are no calls.\n",
    "src/core/table.cc": "const int kTable[] = {\n" + "    1,\n" * 80 + "};\n",
    "src/core/text.cc": 'const char* kUsage = R"(\n' + "}\n" * 80 + 'int F() {\n)";\n',
    "src/core/class.cc": "struct Wide\n    : Narrow {\n" + "  int member;\n" * 80 + "};\n",
    "src/readers/zone.cc": '#include "core/digest.h"\n#include "assay/record.h"\n',
    "src/explanations/relay.cc": '#include "assay/finding.h"\n#include "explanations/rung.h"\n',
    "src/engine/examine.cc": '#include "readers/zone.h"\n#include "store/store.h"\n',
    "apps/cli/main.cc": '#include "assay/engine.h"\nconst char* kText = "no cache hit";\n',
    "docs/words.md": 'We avoid "proof", and `hit` too; the two lists match.\n',
    "docs/dependencies.md": "| g++ | `g++` |\n| store | `@chdb/lib` |\n",
    "docs/methods/a.md": PAGE,
    **INDEX,
    "src/methods/registry.cc": "      &methods::a_method(),\n",
    "docs/links.md": "[a](methods/a.md#error-rates), [here](#two-words), `[no](link.md)`\n"
                     "## Two `words`!\n[away](https" + "://name.example/x)\n",
    "packaging/packages.txt": "# why\n[build]\ng++\n",
    "package.json": '{"dependencies": {"@chdb/lib": "1"}}\n',
    "tests/data/README.md": DATA_README,
    "tests/data/dns/a.log": "",
}

# For each rule: the files that break it, the first being where it must say so.
BAD = {
    "file_length": [{"src/core/a.cc": "\n" * 601},
                    {"src/core/a.cc": "\n" * 401, "src/core/b.cc": "\n" * 401}],
    "line_length": [{"src/core/a.cc": "// " + "x" * 98 + "\n"},
                    {"Makefile": "# " + "x" * 99 + "\n"},
                    {"lab/run": "#!/bin/bash\n# " + "x" * 99 + "\n"}],
    "function_length": [{"src/core/a.cc": LONG_BODY},
                        {"src/core/a.cc": "namespace a {\nint\n    Long() const {\n"
                                          + "  Step();\n" * 69 + "}\n}\n"}],
    "include_direction": [{"src/core/a.cc": '#include "readers/b.h"\n'},
                          {"src/core/a.h": '#include "../store/b.h"\n'},
                          {"src/methods/a.cc": '#include "assay/engine.h"\n'},
                          {"src/explanations/a.cc": '#include "methods/b.h"\n'},
                          {"include/assay/a.h": '#include "core/b.h"\n'},
                          {"apps/cli/a.cc": '#include "store/b.h"\n'}],
    "explanations_see_findings_only": [
        {"src/explanations/a.cc": '#include "assay/record.h"\n'},
        {"src/explanations/b.cc": '#include "assay/finding.h"\n',
         "include/assay/finding.h": '#include "assay/store.h"\n'}],
    "public_headers": [{"include/assay/a.h": "\n" * 201},
                       {"include/assay/z.h": "",
                        **{f"include/assay/h{n}.h": "" for n in range(tidy.MAX_PUBLIC_HEADERS)}}],
    "words": [{"src/core/a.cc": 'const char* kText = "this is proof";\n'},
              {"apps/cli/a.cc": 'const char* kText = "found {} matches";\n'},
              {"docs/a.md": "A suspicious name.\n"},
              {"README.md": "It asks a DNS server.\n"}],
    "silent_library": [{"src/core/a.cc": 'auto home = std::getenv("HOME");\n'},
                       {"src/core/a.cc": "auto t = std::chrono::system_clock::now();\n"},
                       {"src/core/a.cc": "auto t = std::time(nullptr);\n"},
                       {"src/core/a.cc": "std::cout << 1;\n"},
                       {"src/core/a.cc": 'fmt::print("x");\n'},
                       {"src/core/a.cc": 'std::fprintf(stderr, "x");\n'},
                       {"src/core/a.cc": "std::exit(1);\n"}],
    "no_places": [{"docs/a.md": "npm config set registry." + "npmjs" + ".example\n"},
                  {"lab/run.sh": "cd /wor" + "k/main\n"},
                  {"packaging/install": "fetch https" + "://mirror.example/x\n"}],
    "data_origin": [{"tests/data/mail/a.log": ""},
                    {"tests/data/a.log": ""}],
    "dependencies_explained": [{"packaging/packages.txt": "[run]\ntzdata\n"},
                               {"package.json": '{"devDependencies": {"vite": "8"}}\n'}],
    "method_pages": [{"docs/methods/a.md": PAGE.replace("## Example\n", "")},
                     {"docs/methods/a.md": PAGE + "## Example\n"},
                     {"docs/methods/b.md": PAGE},
                     {"src/methods/registry.cc": "      &methods::b_method(),\n"}],
    "links": [{"docs/a.md": "[b](b.md)\n"},
              {"docs/a.md": "[b](methods/a.md#nothing)\n"},
              {"README.md": "[b](#here)\n"}],
    "formatting": [{"src/core/a.cc": "int  F( ) {return 1 ;}\n",
                    ".clang-format": "BasedOnStyle: Google\n"}],
}


def flagged(files, rules):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            Path(root, path).parent.mkdir(parents=True, exist_ok=True)
            Path(root, path).write_text(text, encoding="utf-8")
        return {(rule, path) for path, _, rule, _ in tidy.findings(root, rules)}


def main():
    rules = list(tidy.RULES)
    if not shutil.which("clang-format-14"):
        print("clang-format-14 is missing: the rule `formatting` is not tested")
        rules.remove(tidy.formatting)
    failures = [f"the good tree: {entry}" for entry in sorted(flagged(GOOD, rules))]
    for rule in rules:
        for tree in BAD[rule.__name__]:
            where = (rule.__name__, next(iter(tree)))
            if where not in flagged({**GOOD, **tree}, [rule]):
                failures.append(f"{where} was not flagged in {sorted(tree)}")
    print("\n".join(failures) or f"{len(rules)} rules flag what they must")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
