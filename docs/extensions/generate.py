"""Writes reference.md from the comments of the C headers, and manifest.md from the schema of extension.json.

  generate.py SOURCE_DIR [--check]     --check: fails when a committed page is not what this would write
"""
import json
import pathlib
import re
import sys

HEADERS = ["types", "extension", "http", "tools", "events", "background", "core", "kv", "metrics", "timer", "config", "log"]
THREADS = {"control": "one call at a time per instance", "worker": "at most `max_concurrency` threads at once", "any": "any thread"}


def prose(comment):
    """A C comment as text: without stars, with `[any]` and the like kept."""
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip().removeprefix("/*").removesuffix("*/").splitlines()]
    return "\n".join(line.rstrip() for line in lines).strip()


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def split_members(body):
    """(comment before, declaration, comment behind) of each member of a struct."""
    before, at, found = "", 0, []
    while True:
        match = re.compile(r"\s*(/\*.*?\*/|[^;/]+(?:/\*.*?\*/[^;/]*)*;)", re.S).match(body, at)
        if not match:
            if body[at:].strip():
                raise SystemExit(f"a member that this script does not understand: {body[at:].strip()[:80]}")
            return found
        at = match.end()
        text = match.group(1)
        if not text.startswith("/*"):
            behind = re.compile(r"[ \t]*(/\*.*?\*/)", re.S).match(body, at)
            if behind:
                at = behind.end()
            found.append((one_line(prose(before)) if before else "", one_line(text).rstrip(";"), one_line(prose(behind.group(1))) if behind else ""))
            before = ""
        else:
            before = text


def function_entry(before, declaration, behind):
    result, name, parameters = re.fullmatch(r"(.*?)\(\*(\w+)\)\((.*)\)", declaration).groups()
    text = " ".join(part for part in (before, behind) if part)
    thread = re.match(r"\[(\w+)\]\s*", text)
    note = f"*{thread.group(1)}: {THREADS[thread.group(1)]}.* " if thread else ""
    text = text[thread.end():] if thread else text
    return f"**`{name}`**\n\n```c\n{result}{name}({parameters})\n```\n\n{note}{text}\n".replace("```c\nvoid ", "```c\nvoid ")


def struct_page(name, body):
    members = split_members(body)
    functions = [member for member in members if "(*" in member[1]]
    fields = [member for member in members if "(*" not in member[1]]
    out = [f"### {name}\n"]
    if fields:
        out += ["| member | |", "|---|---|"]
        out += [f"| `{declaration}` | {one_line(before + ' ' + behind).replace('|', chr(92) + '|')} |" for before, declaration, behind in fields] + [""]
    return "\n".join(out + [function_entry(*member) for member in functions])


def header_page(path):
    raw = path.read_text()
    first = re.match(r"/\*(.*?)\*/", raw, re.S)
    out = [f"## {path.name}\n", prose(first.group(0)) + "\n"]
    defines = re.findall(r"^#define (ORD_\w+) +(\S+)[ \t]*(/\*.*?\*/)?", raw, re.M | re.S)
    defines = [(name, value, comment) for name, value, comment in defines if not name.startswith(("ORD_EXPORT", "ORD_STATIC", "ORD_HAS")) and "(" not in name]
    if defines:
        out += ["| constant | value | |", "|---|---|---|"]
        out += [f"| `{name}` | {value.rstrip('u')} | {one_line(prose(comment)) if comment else ''} |" for name, value, comment in defines] + [""]
    for found in re.finditer(r"(?P<before>/\*(?:(?!\*/).)*\*/\n)?(?:typedef struct(?: ord_\w+)?|^struct (?P<tag>ord_\w+))\s*\{(?P<body>(?:/\*.*?\*/|[^}])*)\}\s*(?P<name>ord_\w+)?;"
                             r"[ \t]*(?P<behind>/\*.*?\*/)?", raw, re.S | re.M):
        page = struct_page(found.group("name") or found.group("tag"), found.group("body"))
        comments = " ".join(one_line(prose(text)) for text in (found.group("before"), found.group("behind")) if text)
        out.append(page.replace("\n", f"\n\n{comments}\n", 1) if comments else page)
    return "\n".join(out)


def reference(source):
    out = ["# Reference of the C interface\n", "Generated from the comments of `<ordinaut/…>`. Start with [the first extension](first-extension.md); what C++ "
           "adds stands in `ordinaut.hpp` and the headers it includes.\n"]
    return "\n".join(out + [header_page(source / "sdk/include/ordinaut" / f"{name}.h") for name in HEADERS])


def kind_of(schema):
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return f"[{name}](#{name.lower()})"
    kind = schema.get("type", "any")
    if "enum" in schema:
        kind = "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if kind == "array":
        kind = "array of " + kind_of(schema.get("items", {}))
    return kind


def limits_of(schema):
    names = {"minLength": "at least {} characters", "maxLength": "at most {} characters", "maxItems": "at most {} entries", "pattern": "`{}`"}
    return "; ".join(text.format(str(schema[key]).replace("|", "\\|")) for key, text in names.items() if key in schema)


def table_of(schema):
    required = schema.get("required", [])
    out = ["| key | kind | | limits |", "|---|---|---|---|"]
    for name, member in schema["properties"].items():
        needed = "**required.** " if name in required else ""
        out.append(f"| `{name}` | {kind_of(member)} | {needed}{member.get('description', '')} | {limits_of(member)} |")
    return "\n".join(out) + "\n"


def nested(name, schema):
    """Tables of objects that stand inside a key."""
    inner = schema.get("items", schema)
    if inner.get("type") == "object" and "properties" in inner:
        yield f"## {name}\n\n{inner.get('description', '')}\n\n{table_of(inner)}".replace("\n\n\n\n", "\n\n")
        for child, member in inner["properties"].items():
            yield from nested(f"{name}.{child}", member)


def manifest(source):
    schema = json.loads((source / "manifests/extension.schema.json").read_text())
    out = ["# extension.json\n", f"Generated from `share/ordinaut/schemas/extension.schema.json`. {schema['description']}\n", table_of(schema)]
    for name, member in schema["properties"].items():
        if "$ref" not in member:
            out += nested(name, member)
    for name, member in schema["definitions"].items():
        pages = list(nested(name, member))
        detail = kind_of(member) if member.get("type") == "array" else limits_of(member)
        out += pages or [f"## {name}\n\n{' '.join(part for part in (member.get('description', ''), detail) if part)}\n"]
    return "\n".join(out)


def main():
    source = pathlib.Path(sys.argv[1])
    stale = []
    for name, text in (("reference.md", reference(source)), ("manifest.md", manifest(source))):
        page = source / "docs/extensions" / name
        text = re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"
        if "--check" not in sys.argv:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            stale.append(f"docs/extensions/{name} is not current: python3 docs/extensions/generate.py .")
    sys.exit("\n".join(stale) or 0)


main()
