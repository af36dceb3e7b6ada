"""The licenses of the code in the programs: of every crate that they link, and of the C libraries inside crates."""
import collections, json, pathlib, re, subprocess

# The names of files with a license, and the folders inside a crate where C libraries keep theirs.
LICENSE = re.compile(r"(?i)^(licen[cs]e|copying|copyright|notice|unlicense|patents|readme\.ijg)([-_.].*)?$")
SKIPPED = {"target", "tests", "benches", "examples", "fuzz", "node_modules"}
MAX_BYTES = 200_000
PROGRAMS = ("deployer", "handler")
HEAD = """The programs contain the code below, besides that of this project. Each license applies to the packages before it.

This software is based in part on the work of the Independent JPEG Group.
"""


def linked_packages(root):
    """The packages that the programs link on Linux, by name and version."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--all-features"]
    for machine in ("x86_64", "aarch64"):
        command += ["--filter-platform", f"{machine}-unknown-linux-gnu"]
    metadata = json.loads(subprocess.check_output(command, cwd=root))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, left = set(), [id for id in metadata["workspace_members"] if packages[id]["name"] in PROGRAMS]
    while left:
        id = left.pop()
        if id not in found:
            found.add(id)
            # Neither tests nor build scripts are in a program.
            left += [
                dependency["pkg"]
                for dependency in nodes[id]["deps"]
                if any(kind["kind"] is None for kind in dependency["dep_kinds"])
            ]
    return sorted((packages[id] for id in found), key=lambda package: (package["name"], package["version"]))


def license_files(folder):
    """The files with licenses in the folder of a package, in order."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        is_skipped = len(inside) > 4 or any(part in SKIPPED for part in inside)
        if not is_skipped and LICENSE.match(path.name) and path.is_file() and path.stat().st_size < MAX_BYTES:
            yield path


def notices(root):
    """Returns all licenses as one text. Packages with the same text share it."""
    sharing = collections.defaultdict(list)
    for package in linked_packages(root):
        folder = pathlib.Path(package["manifest_path"]).parent
        title = f"{package['name']} {package['version']} ({package['license'] or 'see its license'})"
        texts = {path.read_text(errors="replace").strip() for path in license_files(folder)}
        # A crate of this project, without the code of others.
        if package["source"] is None and not texts:
            continue
        for text in sorted(texts) or [f"The package has no file with its license. It is {package['license']}."]:
            sharing[text].append(title)
    rule = "\n" + "=" * 80 + "\n"
    parts = [rule + "\n".join(titles) + "\n\n" + text + "\n" for text, titles in sharing.items()]
    return (HEAD + "".join(parts)).encode()
