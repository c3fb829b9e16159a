"""Fails when docs/extensions/refused.md explains a message that no source can produce any more.

The other direction, that what the host says is explained there, is checked where it is said: tests/sdk/zoo/documented.h."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/extensions/refused.md"
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
# What stands for something else in a message: names, quoted texts, numbers, and "…".
PLACEHOLDER = re.compile(r"…|lib[a-z]\.so(?:\.1)?|my_ext(?:\.x)?|'[^']*'|\d+(?:\.\d+)*|ORD_E_\w*|symbol: f$|a null create|TOOLS|^create|^start|/\S+|tool '")
# Said by the dynamic linker, or by JSON Schema in its own words.
BY_OTHERS = {"undefined", "cannot open shared object file", "must match", "must be"}
PARTS_MAX = 3  # A message is put together from few literals, between words.


def messages():
    for line in PAGE.read_text().splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]+)`", line[2 : line.find(" |", 2)])


def fragments(message):
    for fragment in PLACEHOLDER.split(message):
        fragment = fragment.strip(" :;,/'\"")
        if len(fragment) >= 8:
            yield fragment


def said():
    """Everything the sources may say, one text for each run of string literals."""
    texts = []
    for path in sorted((ROOT / "core").rglob("*.cpp")) + sorted((ROOT / "core").rglob("*.h")):
        source = path.read_text()
        # "a" "b" is one text; so is what is put together with a number or a name in between.
        texts.append("".join(literal.replace('\\"', '"') for literal in LITERAL.findall(source)))
    return "\n".join(texts)


def can_be_said(fragment, known, parts=PARTS_MAX):
    if fragment in known or fragment in BY_OTHERS:
        return True
    words = fragment.split(" ")
    for taken in range(len(words) - 1, 0, -1):
        head = " ".join(words[:taken]).rstrip(";,:")
        if parts > 1 and (head in known or head in BY_OTHERS):
            return can_be_said(" ".join(words[taken:]), known, parts - 1)
    return False


class RefusedMessages(unittest.TestCase):
    def test_every_message_can_be_said(self):
        known = said()
        found = list(messages())
        self.assertGreater(len(found), 40)
        gone = [(message, fragment) for message in found for fragment in fragments(message) if not can_be_said(fragment, known)]
        self.assertEqual([], gone, "\n" + "\n".join(f"{message}: nothing says '{fragment}'" for message, fragment in gone))

    def test_it_would_notice(self):
        known = said()
        self.assertTrue(can_be_said("finished one call twice", known))
        self.assertFalse(can_be_said("finished one call far too often", known))
        self.assertFalse(can_be_said("the descriptor whispers ABI", known))


if __name__ == "__main__":
    unittest.main()
