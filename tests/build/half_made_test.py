"""Fails where TRY stands behind another member of a braced initializer. TRY may return from there, and then the compiler
does not destroy what there is of the aggregate by then: it leaks."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPENING, CLOSING = "([{", ")]}"
# What stands before the brace of a block of statements.
BLOCK = re.compile(r"(\)|\]|\b(else|do|try|const|override|noexcept|mutable)|->\s*[\w:<>&*, ]+)$")


def without_texts(source):
    """The same length, with nothing in it that only looks like code."""
    blank = lambda match: " " * len(match.group())
    return re.sub(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', blank, source)


def half_made(source):
    """Line numbers of the TRYs in `source` that may leave something half made."""
    lines = []
    code = without_texts(source)
    for found in re.finditer(r"\bTRY\(", code):
        if code[: found.start()].endswith("#define "):
            continue
        depth, members_before = 0, False
        for at in range(found.start() - 1, -1, -1):
            char = code[at]
            if char in CLOSING:
                depth += 1
            elif char in OPENING and depth > 0:
                depth -= 1
            elif char in OPENING:
                if char == "{" and BLOCK.search(code[max(at - 100, 0) : at].rstrip()):
                    break
                if char == "{" and members_before:
                    lines.append(source.count("\n", 0, found.start()) + 1)
                    break
                members_before = False
            elif depth == 0 and char == ",":
                members_before = True
            elif depth == 0 and char == ";":
                break
    return lines


class HalfMade(unittest.TestCase):
    def test_finds_them(self):
        self.assertEqual([1], half_made("auto x = Pair{a, TRY(b())};"))
        self.assertEqual([2], half_made("list.push_back(\n    {TRY(a()), TRY(b())});"))
        self.assertEqual([1], half_made("return Reply{.status = 1, .body = text(x, TRY(b()))};"))

    def test_knows_what_is_none(self):
        for harmless in (
            "auto x = f(a, TRY(b()));",
            "Pair{TRY(a()), b};",
            "if (x) { int a = f(1, 2); int b = TRY(c()); }",
            "auto f = [&](int a, int b) -> Result<int> { return a + TRY(c(b)); };",
            "for (const auto& [a, b] : all) { TRY(c(a, b)); }",
        ):
            self.assertEqual([], half_made(harmless), harmless)

    def test_there_are_none(self):
        wrong = []
        for folder in ("core", "plugins", "tests"):
            for path in sorted((ROOT / folder).rglob("*")):
                if path.suffix in (".cpp", ".h") and "node_modules" not in path.parts:
                    name = path.relative_to(ROOT)
                    wrong += [f"{name}:{line}: compute it before the braces" for line in half_made(path.read_text())]
        self.assertEqual([], wrong, "\n" + "\n".join(wrong))


if __name__ == "__main__":
    unittest.main()
