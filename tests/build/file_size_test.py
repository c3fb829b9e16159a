"""Keeps files and functions short: 500 lines, 200 for headers, 70 for functions.

file_size_exceptions.txt lists what is longer, each with its present length: a line there may get smaller or go, nothing
else. A function is named path:name.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = pathlib.Path(__file__).with_name("file_size_exceptions.txt")
FILE_MAX, HEADER_MAX, FUNCTION_MAX = 500, 200, 70

NOT_A_FUNCTION = re.compile(r"^(namespace|struct|class|enum|union|extern|typedef|#)\b")


def functions(text):
    """(name, lines) of the functions clang-format begins and ends in one column: free ones, and those inside a class."""
    lines = text.splitlines()
    for begin, line in enumerate(lines):
        found = re.match(r"^( {0,4})(?=[A-Za-z_~\[])(?!(?:return|if|for|while|switch|else|do|case|try|catch)\b)", line)
        # A statement of a function body has the same indentation as a member function; it has no body of its own.
        if not found or NOT_A_FUNCTION.match(line.lstrip()) or "(" not in line:
            continue
        indent, end = found.group(1), begin
        while end < len(lines) and not lines[end].endswith(("{", ";", "}")):
            end += 1
        signature = " ".join(lines[begin:end + 1])
        called = re.search(r"([\w~:]+)\s*\(", signature)
        if end == len(lines) or not called or not signature.endswith("{") or "= [" in signature or "](" in signature:
            continue
        close = next((n for n in range(end + 1, len(lines)) if lines[n].startswith(indent + "}")), None)
        if close is not None:
            yield called.group(1), close - begin + 1


def lengths():
    """Everything that is longer than its limit: name → (lines, limit)."""
    found = {}
    for folder in ("core", "sdk", "plugins", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in {".h", ".hpp", ".c", ".cpp", ".py"} or "node_modules" in path.parts:
                continue
            name, text = path.relative_to(ROOT).as_posix(), path.read_text()
            limit = HEADER_MAX if path.suffix in {".h", ".hpp"} else FILE_MAX
            if (lines := text.count("\n")) > limit:
                found[name] = (lines, limit)
            if path.suffix in {".c", ".cpp"}:
                for function, lines in functions(text):
                    # A table of declarations is data, however long.
                    if lines > FUNCTION_MAX and not function.endswith("_table"):
                        found[f"{name}:{function}"] = (lines, FUNCTION_MAX)
    return found


def exceptions():
    entries = {}
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            name, lines = line.split()
            entries[name] = int(lines)
    return entries


class FileSize(unittest.TestCase):
    def test_nothing_is_longer_than_it_may_be(self):
        listed = exceptions()
        wrong = [f"{name}: {lines} lines, at most {limit}" for name, (lines, limit) in lengths().items()
                 if lines > listed.get(name, limit)]
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))

    def test_the_list_shrinks_with_what_it_lists(self):
        found = lengths()
        wrong = [f"{name}: listed with {lines}, now {found[name][0] if name in found else 'within the limit'}"
                 for name, lines in exceptions().items() if name not in found or found[name][0] < lines]
        self.assertEqual([], wrong, "lower or remove in file_size_exceptions.txt:\n" + "\n".join(wrong))


class TheRuleItself(unittest.TestCase):
    def test_functions_are_measured(self):
        text = ("namespace a {\nstruct S {\n    int x;\n};\nint f(int a,\n      int b) {\n    if (a) {\n    }\n    return b;\n}\n"
                "Status Thing::run() {\n}\nint declared(int);\nclass C {\n    int one() { return 1; }\n    int two() {\n"
                "        return 2;\n    }\n};\n}  // namespace a\n")
        self.assertEqual([("f", 6), ("Thing::run", 2), ("two", 3)], list(functions(text)))


if __name__ == "__main__":
    unittest.main()
