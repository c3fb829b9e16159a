"""Fails when an include breaks the house's table: which module may see which, and who may touch which library."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a module of core/ may include besides itself, base, model and metrics.
TABLE = {
    "base": set(),
    "model": set(),
    "metrics": set(),
    "schedule": set(),
    "jmespath": set(),
    "tool": set(),
    "store": set(),
    "events": set(),
    "pipeline": {"jmespath", "tool"},
    "condition": {"jmespath", "pipeline", "tool", "store"},
    "scheduler": {"schedule", "store"},
    "runner": {"pipeline", "tool", "store", "events"},
    "spine": {"store", "events"},
    "auth": {"store"},
    "operations": {"schedule", "condition", "pipeline", "tool", "store", "events", "auth"},
    "http": {"operations", "auth"},
    "live": {"auth", "http", "store"},
    "ext": {"operations", "tool", "events", "store", "http"},
    "ext_check": {"ext", "tool"},
    "embedded": set(),
    "cli": {"operations"},
}
# What main.cpp builds with; beside it, it sees everything but the implementations of the seams.
TABLE["server"] = set(TABLE)
FOR_ALL = {"base", "model", "metrics"}
BELOW = {"base": {"metrics"}, "model": {"base", "metrics"}, "metrics": {"base", "model"}}  # Narrower than FOR_ALL.

# The folders that implement a seam: named by main.cpp alone.
IMPLEMENTATIONS = ("store/postgres/", "store/memory/", "events/redis/", "events/memory/")

# Libraries with one home in core/.
HOMES = {
    "pqxx/": "store/postgres/",
    "hiredis/": "events/redis/",
    "pistache/": "http/",
    "ordinaut/": ("ext/", "ext_check/"),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
MODULE = re.compile(r"ordinaut_module\(\s*(\w+)(.*?)\)", re.S)


def allowed(module):
    return {module} | BELOW.get(module, FOR_ALL) | TABLE[module]


def core_violation(path, quoted, included):
    """`path` and `included` are relative to core/. None, or what is wrong."""
    for library, home in HOMES.items():
        if not quoted and included.startswith(library) and not path.startswith(home):
            return f"<{included}> may be included in core/ only where its home is: {home}"
    if not quoted:
        return None
    if included.startswith(("tests/", "plugins/", "sdk/", "core/", "../")):
        return f'"{included}" leads out of core/ or names it'
    if "/" not in included or path == "main.cpp":
        return None
    for folder in IMPLEMENTATIONS:
        if included.startswith(folder) and not path.startswith(folder):
            return f'"{included}": only main.cpp names {folder}'
    module, target = path.split("/")[0], included.split("/")[0]
    if module not in TABLE:
        return f"core/{module} is not in the table of modules"
    if target not in allowed(module):
        return f'{module} may not include "{included}" (only {", ".join(sorted(allowed(module)))})'
    return None


def outside_violation(quoted, included, modules):
    """For plugins/ and sdk/: nothing of core/."""
    first = included.split("/")[0]
    if "/" in included and (first in modules or first == "core"):
        return f'"{included}": extensions see <ordinaut/…> and their own libraries only'
    if included.split("/")[-1] != included and included.startswith("../"):
        return f'"{included}" leads out of the folder'
    return None


def includes(text):
    return [(mark == '"', name) for mark, name in INCLUDE.findall(text)]


def sources(folder):
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in {".h", ".hpp", ".c", ".cpp"} and "node_modules" not in path.parts:
            yield path


class IncludeTable(unittest.TestCase):
    def test_core_keeps_to_the_table(self):
        wrong = []
        for path in sources("core"):
            relative = path.relative_to(ROOT / "core").as_posix()
            if relative.startswith("build/"):
                continue
            for quoted, name in includes(path.read_text()):
                if problem := core_violation(relative, quoted, name):
                    wrong.append(f"core/{relative}: {problem}")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_extensions_and_the_sdk_do_not_see_core(self):
        wrong = []
        for folder in ("plugins", "sdk"):
            for path in sources(folder):
                for quoted, name in includes(path.read_text()):
                    if problem := outside_violation(quoted, name, TABLE):
                        wrong.append(f"{path.relative_to(ROOT)}: {problem}")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_what_is_linked_keeps_to_the_table_too(self):
        wrong = []
        for path in sorted((ROOT / "core").rglob("CMakeLists.txt")):
            for name, rest in MODULE.findall(path.read_text()):
                deps = re.search(r"\bDEPS\b((?:\s+\w+)*?)(?=\s+(?:SOURCES|PRIVATE|PUBLIC)\b|\s*$)", rest)
                module = name if name in TABLE else path.parent.relative_to(ROOT / "core").parts[0]
                for dep in deps.group(1).split() if deps else []:
                    if dep not in allowed(module):
                        wrong.append(f"{path.relative_to(ROOT)}: {name} may not depend on {dep}")
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))


class TheRulesThemselves(unittest.TestCase):
    """What must be caught is caught."""

    def test_forbidden(self):
        for path, quoted, included in [
            ("scheduler/loop.cpp", True, "runner/runner.h"),
            ("base/json.cpp", True, "model/task.h"),
            ("model/task.cpp", True, "store/task_store.h"),
            ("runner/runner.cpp", True, "store/postgres/task_store.h"),
            ("store/task_store.cpp", True, "store/memory/task_store.h"),
            ("store/memory/task_store.cpp", False, "pqxx/pqxx"),
            ("events/event_bus.cpp", False, "hiredis/hiredis.h"),
            ("ext/routes.cpp", False, "pistache/http.h"),
            ("operations/tasks.cpp", False, "ordinaut/tools.h"),
            ("tool/catalogue.cpp", True, "../store/task_store.h"),
            ("tool/catalogue.cpp", True, "tests/support/process.h"),
            ("novelty/thing.cpp", True, "base/result.h"),
        ]:
            self.assertIsNotNone(core_violation(path, quoted, included), f"{path} {included}")
        self.assertIsNotNone(outside_violation(True, "base/result.h", TABLE))
        self.assertIsNotNone(outside_violation(True, "../../core/base/result.h", TABLE))

    def test_permitted(self):
        for path, quoted, included in [
            ("runner/runner.cpp", True, "store/queue_store.h"),
            ("store/postgres/queue_store.cpp", True, "store/queue_store.h"),
            ("store/postgres/queue_store.cpp", False, "pqxx/pqxx"),
            ("http/server.cpp", False, "pistache/endpoint.h"),
            ("http/server.cpp", False, "vector"),
            ("ext/loader.cpp", False, "ordinaut/extension.h"),
            ("main.cpp", True, "store/postgres/queue_store.h"),
        ]:
            self.assertIsNone(core_violation(path, quoted, included), f"{path} {included}")
        self.assertIsNone(outside_violation(False, "ordinaut/tools.h", TABLE))

    def test_includes_are_found(self):
        self.assertEqual([(True, "a/b.h"), (False, "c")], includes('#include "a/b.h"\n // #include "no"\n  # include <c>\n'))


if __name__ == "__main__":
    unittest.main()
