"""check_sdk.py AST TYPES: the stand-in headers against npm @nativescript/types-ios, made from Apple's own SDK.

AST: of SDK/all.m, by clang -Xclang -ast-dump=json. TYPES: the package's lib/ios/objc-x86_64. What is said of each
declaration has to be so: that it exists, whether it may be nil or only read, its values, and since which iOS.
Swift's own names (the SWIFT marks and SDK/overlays) are not published there.
"""

import json
import re
import sys
from pathlib import Path

MINIMUM = 15.0
DOC = r"(?:/\*\*(?P<doc>(?:(?!\*/).)*)\*/\s*)?"  # of a declaration, "@since 13.0" in it


class Published:
    """The declarations of the npm package."""

    def __init__(self, folder):
        text = "\n".join(path.read_text() for path in sorted(Path(folder).glob("objc!*.d.ts")))
        self.classes = {name: (head, body) for name, head, body in _blocks(text, "declare class")}
        self.enums = {}
        for name, _, body in _blocks(text, "declare const enum"):
            self.enums[name] = {key: int(value) for key, value in re.findall(r"(\w+) = (-?\d+)", body)}
        self.protocols = {}
        for name, head, body in _blocks(text, "interface"):
            self.protocols.setdefault(name, []).append((head, body))
        plain = rf"{DOC}declare (?:var|const|function) (?P<name>\w+)"
        self.plain = {one["name"]: one["doc"] or "" for one in re.finditer(plain, text, re.S)}

    def parents(self, name):
        """A class's superclasses, nearest first."""
        while name in self.classes:
            found = re.search(r"extends (\w+)", self.classes[name][0])
            if not found:
                return
            name = found[1]
            yield name

    def of_class(self, name):
        """Bodies of a class and of those above it."""
        return [self.classes[one][1] for one in (name, *self.parents(name)) if one in self.classes]

    def of_protocol(self, name):
        """Bodies of a protocol and of those above it."""
        bodies = []
        for head, body in self.protocols.get(name) or self.protocols.get(f"{name}Protocol", []):
            bodies.append(body)
            for parent in re.findall(r"\w+", head.replace("extends", "")):
                bodies += self.of_protocol(parent)
        return bodies


def _blocks(text, kind):
    for found in re.finditer(rf"^{kind} (\w+)([^{{\n]*)\{{\n(.*?)^\}}", text, re.S | re.M):
        yield found[1], found[2], found[3]


class Checker:
    """Walks an AST; collects faults as sentences, and counts what was looked at."""

    def __init__(self, published, root):
        self.published, self.root = published, Path(root)
        self.faults, self.checked, self.sources = [], 0, {}

    def check(self, ast):
        _locate(ast)
        for node in ast["inner"]:
            if "headers/" in (node.get("_file") or "") and not node.get("isImplicit"):
                getattr(self, f"_{node['kind']}", lambda node: None)(node)

    def _ObjCInterfaceDecl(self, node):
        name = node["name"]
        if not node.get("inner") or name.startswith("OS_"):  # a forward declaration, or Dispatch
            return
        if name not in self.published.classes:
            return self._fault(f"class {name}: unknown")
        parent, known = node.get("super", {}).get("name"), list(self.published.parents(name))
        if parent and known and parent not in known:
            self._fault(f"class {name}: extends {known[0]} there, {parent} here")
        self._members(name, node, self.published.of_class(name))

    def _ObjCCategoryDecl(self, node):
        name = node["interface"]["name"]
        self._members(name, node, self.published.of_class(name))

    def _ObjCProtocolDecl(self, node):
        if node.get("inner"):
            self._members(node["name"], node, self.published.of_protocol(node["name"]), is_class=False)

    def _EnumDecl(self, node):
        known, value = self.published.enums.get(node.get("name"), {}), -1
        for child in node.get("inner", []):
            if child["kind"] != "EnumConstantDecl":
                continue
            name, given = child["name"], _constant(child)
            value = int(given) if given is not None else value + 1
            self.checked += 1
            there = [number for key, number in known.items() if name.endswith(key)]
            if not there and name not in self.published.plain:
                there = [values[name] for values in self.published.enums.values() if name in values]
                if not there:
                    self._fault(f"{name}: unknown")
            if there and value not in there:
                self._fault(f"{name}: {there[0]} there, {value} here")

    def _FunctionDecl(self, node):
        self.checked += 1
        name = node["name"]
        if name not in self.published.plain:
            return self._fault(f"{name}: unknown")
        self._age(name, self.published.plain[name], node)

    _VarDecl = _FunctionDecl

    def _members(self, owner, node, bodies, is_class=True):
        if not bodies:
            return self._fault(f"{owner}: unknown")
        for child in node["inner"]:
            if child["kind"] == "ObjCMethodDecl" and not child.get("isImplicit") and child["name"] != "init":
                self._method(owner, child, bodies)
            elif child["kind"] == "ObjCPropertyDecl":
                self._property(owner, child, bodies, is_class)

    def _method(self, owner, node, bodies):
        self.checked += 1
        is_instance = node.get("instance", False)
        where = f"{'-' if is_instance else '+'}[{owner} {node['name']}]"
        first, *rest = node["name"].split(":")
        name = first + "".join(part[:1].upper() + part[1:] for part in rest)
        found = _member(bodies, rf"(?:static )?{name}\??[(<]")
        if not found:
            return self._fault(f"{where}: unknown")
        doc, line = found
        if is_instance == line.strip().startswith("static"):
            self._fault(f"{where}: is {'a class' if is_instance else 'an instance'} method there")
        self._age(where, doc, node)
        arguments, _, result = line.rpartition("):")
        self._nil(where, node["returnType"]["qualType"], result)
        given = [part for part in node.get("inner", []) if part["kind"] == "ParmVarDecl"]
        published = re.findall(r"\w+\??: ((?:\([^)]*\) => [^,)]+|[^,()<]|<[^>]*>)+)", arguments.split("(", 1)[-1])
        for one, other in zip(given, published, strict=False):
            kind = one["type"]["qualType"]
            if not ("NSError" in kind and kind.count("*") > 1):
                self._nil(f"{where}: {one['name']}", kind, other)

    def _property(self, owner, node, bodies, is_class):
        self.checked += 1
        where = f"{owner}.{node['name']}"
        found = _member(bodies, rf"(?:static )?(?:readonly )?{node['name']}\??:")
        if not found:
            return self._fault(f"{where}: unknown")
        doc, line = found
        self._age(where, doc, node)
        if is_class and node.get("readonly", False) != ("readonly" in line):  # of protocols it is not published
            self._fault(f"{where}: {'is' if 'readonly' in line else 'is not'} read-only there")
        if not node.get("null_resettable"):
            self._nil(where, node["type"]["qualType"], line)

    def _nil(self, where, kind, there):
        """Whether both allow nil. Only pointers to objects can tell."""
        if "void *" in kind or not re.search(r"\*|id<|dispatch_queue|Ref\b", kind):
            return
        here = "_Nullable" in kind or "_Null_unspecified" in kind
        if here != ("| null" in there) and "Ref" not in kind:
            self._fault(f"{where}: {'may not' if here else 'may'} be nil there")

    def _age(self, where, doc, node):
        since = re.search(r"@since ([\d.]+)", doc)
        allowed = self._version(node)
        if since and float(since[1]) > allowed:
            self._fault(f"{where}: is of iOS {since[1]}, the header says {allowed}")

    def _version(self, node):
        """Of the API or DEPRECATED mark; clang's AST does not tell it."""
        text = self.sources.setdefault(node["_file"], (self.root / node["_file"]).read_text())
        begin = node["range"]["begin"]
        start = begin.get("offset", begin.get("expansionLoc", {}).get("offset", 0))
        found = re.search(r"\b(?:API|DEPRECATED)\(([\d.]+)", text[start : text.find(";", start)])
        return float(found[1]) if found else MINIMUM

    def _fault(self, text):
        self.faults.append(text)


def _member(bodies, pattern):
    for body in bodies:
        if found := re.search(rf"{DOC}^\t({pattern}[^\n]*)", body, re.S | re.M):
            return found["doc"] or "", found[2]
    return None


def _constant(node):
    for part in node.get("inner", []):
        if part["kind"] == "ConstantExpr" and "value" in part:
            return part["value"]
        if (found := _constant(part)) is not None:
            return found
    return None


def _locate(part, last=None):
    """Clang names a file only where it changes: hands the name on, in the order of writing, to every node."""
    if isinstance(part, list):
        for one in part:
            last = _locate(one, last)
    elif isinstance(part, dict):
        last = part.get("file", last) if "offset" in part else last
        for key, value in list(part.items()):
            if key == "loc":
                part["_file"] = last = _locate(value, last)
            elif key != "includedFrom":
                last = _locate(value, last)
    return last


def main(ast, folder, root="."):
    """Prints the faults; returns whether there are any."""
    checker = Checker(Published(folder), root)
    checker.check(json.loads(Path(ast).read_text()))
    print("\n".join(checker.faults + [f"{checker.checked} declarations checked, {len(checker.faults)} faults"]))
    return bool(checker.faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
