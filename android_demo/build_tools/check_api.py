"""Holds what the app uses of Android against the public API of its minSdk: check_api.py KEEP_RULES API.d.ts MIN_SDK

KEEP_RULES: TraceReferences' list of classes and members. API.d.ts: a declaration of the public API in which what came
after level 21 is marked with its level; hidden members are not in it.
"""

import re
import sys
from pathlib import Path

# Used behind a check of Build.VERSION.SDK_INT: the class, and where.
GUARDED = {"android.graphics.ImageDecoder": "Photos.read"}


def declared(lines):
    """{class: {member: level}} of the declaration file; the class's own level under ""."""
    api, scopes, since = {}, [], 0
    for line in lines:
        text = line.strip()
        if match := re.fullmatch(r"/\*\* @since (\d+) \*/", text):
            since = int(match[1])
            continue
        if match := re.match(r"(?:declare|export) (?:abstract )?(module|class|interface) (\w+)(.*)\{$", text):
            scopes.append(match[2])
            if match[1] != "module":
                api.setdefault(".".join(scopes), {}).setdefault("", since)
        elif text.endswith("{") and not text.startswith("public"):
            scopes.append("")
        elif text == "}" and scopes:
            scopes.pop()
        elif match := re.match(r"(?:public|protected) (?:static )?(?:abstract )?(\w+)[(:<]", text):
            members = api.get(".".join(scopes))
            if members is not None:
                members[match[1]] = min(since, members.get(match[1], since))
        since = 0
    return api


def used(text):
    """(class, member) of the keep rules; the member is "" for the class itself."""
    for name, body in re.findall(r"^-keep \S+ (android\.[\w.$]+) \{\n(.*?)\}", text, re.M | re.S):
        name = name.replace("$", ".")
        yield name, ""
        for member in re.findall(r"(\S+?)(?:\(.*\))?;$", body, re.M):
            yield name, "constructor" if member == "<init>" else member


def problems(rules, api, minimum):
    """Sentences; none if everything is public and old enough or guarded."""
    for name, member in used(rules):
        if any(name == guarded or name.startswith(guarded + ".") for guarded in GUARDED):
            continue
        level = api.get(name, {}).get(member)
        what = f"{name}.{member}".rstrip(".")
        if level is None:
            yield f"{what} is not in the public API"
        elif level > minimum:
            yield f"{what} came with API {level}, after {minimum}; guard it"


if __name__ == "__main__":
    rules, declaration, minimum = sys.argv[1:]
    rules = Path(rules).read_text()
    with open(declaration, encoding="utf-8") as lines:
        found = list(problems(rules, declared(lines), int(minimum)))
    print(
        "\n".join(found) or f"{len(list(used(rules)))} classes and members of Android are public and of API {minimum}"
    )
    sys.exit(bool(found))
