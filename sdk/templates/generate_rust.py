"""Writes the Rust bindings of the C headers: generate_rust.py HEADERS_DIR > rust/src/abi.rs

The headers keep to a small C: structs of fixed-width integers, pointers and function pointers. What does not fit stops with the
line. A test of the build runs this and compares.
"""
import pathlib
import re
import sys

ORDER = ["types", "extension", "http", "tools", "events", "background", "core", "kv", "metrics", "timer", "config", "log"]
SCALARS = {"uint64_t": "u64", "int64_t": "i64", "uint32_t": "u32", "int32_t": "i32", "uint8_t": "u8", "double": "f64", "char": "c_char",
           "void": "c_void", "ord_handle": "OrdHandle", "ord_status": "OrdStatus"}
KEYWORDS = {"type", "loop", "match", "move", "ref", "self", "use", "where", "yield"}

STRUCT = re.compile(r"(?:typedef struct(?: ord_\w+)?|^struct (?P<tag>ord_\w+))\s*\{(?P<body>.*?)\}\s*(?P<name>ord_\w+)?;", re.S | re.M)
SIZE = re.compile(r"sizeof\((ord_\w+)\) == (\d+)")
DEFINE = re.compile(r"^#define (ORD_[A-Z0-9_]+) +\(?(\d+u?|UINT64_MAX)\)?", re.M)


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def rust_type(text):
    """`const ord_kv *` → `*const OrdKv`."""
    stars = text.count("*")
    const = "const" in text.split()
    base = text.replace("const", " ").replace("*", " ").split()
    if len(base) != 1 or not (base[0] in SCALARS or base[0].startswith("ord_")):
        sys.exit(f"not a type this knows: {text!r}")
    rust = SCALARS.get(base[0]) or camel(base[0])
    for depth in range(stars):
        rust = ("*const " if const and depth == 0 else "*mut ") + rust
    return rust


def declared(text):
    """`const ord_kv *fields` → (fields, *const OrdKv)."""
    found = re.fullmatch(r"(.*?)(\w+)(?:\[(\d+)\])?", text.strip(), re.S)
    name = found.group(2) + ("_" if found.group(2) in KEYWORDS else "")
    rust = rust_type(found.group(1))
    return name, f"[{rust}; {found.group(3)}]" if found.group(3) else rust


def function(text):
    """`ord_status (*start)(void *instance)` → (start, Option<unsafe extern "C" fn(…) -> OrdStatus>)."""
    result, name, parameters = re.fullmatch(r"(.*?)\(\*(\w+)\)\((.*)\)", text, re.S).groups()
    arguments = []
    for n, parameter in enumerate(p.strip() for p in parameters.split(",")):
        words = parameter.replace("*", " * ").split()
        unnamed = words[-1] in SCALARS or words[-1] == "*" or words[-1].startswith("ord_")
        argument, rust = (f"a{n}", rust_type(parameter)) if unnamed else declared(parameter)
        arguments.append(f"{argument}: {rust}")
    back = "" if result.strip() == "void" else f" -> {rust_type(result)}"
    return name + ("_" if name in KEYWORDS else ""), f'Option<unsafe extern "C" fn({", ".join(arguments)}){back}>'


def members(body):
    for statement in (s.strip() for s in body.split(";")):
        if not statement:
            continue
        if "(*" in statement:
            yield function(statement)
            continue
        first, *rest = statement.split(",")
        name, rust = declared(first)
        yield name, rust
        base = re.match(r"(.*?)\w+(?:\[\d+\])?$", first.strip(), re.S).group(1)
        for other in rest:
            # Pointers belong to the name, arrays too.
            yield declared(base.replace("*", "") + other.strip() if "*" in other else base + other.strip())


def main():
    folder = pathlib.Path(sys.argv[1])
    out = ["// Bindings of Ordinaut's C headers, ABI 1.0. Generated: do not edit. What each function promises stands in the headers.",
           "#![allow(dead_code)]", "use std::os::raw::{c_char, c_void};", "", "pub type OrdHandle = u64;", "pub type OrdStatus = i32;"]
    for header in ORDER:
        raw = (folder / f"{header}.h").read_text()
        text = re.sub(r"/\*.*?\*/", "", raw, flags=re.S)
        out += ["", f"// {header}.h"]
        for name, value in DEFINE.findall(text):
            if name == "ORD_OK" or name.startswith("ORD_E_"):
                out.append(f"pub const {name}: OrdStatus = {value};")
            elif value == "UINT64_MAX":
                out.append(f"pub const {name}: u64 = u64::MAX;")
            else:
                out.append(f"pub const {name}: u32 = {value.rstrip('u')};")
        text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        for found in STRUCT.finditer(text):
            if found.group("body").count("{"):
                sys.exit(f"{header}.h: a struct inside a struct")
            out += ["", "#[repr(C)]", "#[derive(Clone, Copy)]", f"pub struct {camel(found.group('name') or found.group('tag'))} {{"]
            out += [f"    pub {name}: {rust}," for name, rust in members(found.group("body"))]
            out.append("}")
        out += [""] + [f"const _: [(); {size}] = [(); std::mem::size_of::<{camel(name)}>()];" for name, size in SIZE.findall(raw)]
    print("\n".join(out))


main()
