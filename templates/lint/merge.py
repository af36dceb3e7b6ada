"""Merges template files as ../README.md describes, for the linters. `deployer render` is what is deployed.

usage: merge.py FOLDER
writes every combination of the optional parts as JSON into FOLDER and prints the size of each.
"""

import itertools
import json
import pathlib
import re
import sys

import yaml

TEMPLATES = pathlib.Path(__file__).resolve().parent.parent
ALWAYS = ["core", "failover", "alarms"]
OPTIONAL = sorted(path.stem for path in TEMPLATES.glob("*.yaml") if path.stem not in ALWAYS)
SECTIONS = ["Parameters", "Mappings", "Conditions", "Resources", "Outputs"]


class Loader(yaml.SafeLoader):
    """Reads short tags as the long form, and dates as text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def short_tag(loader, name, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


Loader.add_multi_constructor("!", short_tag)


def read(part):
    return yaml.load((TEMPLATES / f"{part}.yaml").read_text(), Loader)


def bind(value, outputs):
    """Puts the value of an output in the place of every reference to a parameter of that name."""
    if isinstance(value, list):
        return [bind(item, outputs) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in outputs:
        return outputs[value["Ref"]]
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        def inner(match):
            output = outputs.get(match[1])
            if output is None:
                return match[0]
            return "${%s}" % (output.get("Ref") or ".".join(output["Fn::GetAtt"]))
        return {"Fn::Sub": re.sub(r"\$\{([A-Za-z0-9]+)\}", inner, value["Fn::Sub"])}
    return {key: bind(item, outputs) for key, item in value.items()}


def merge(parts):
    merged = {}
    extensions = []
    for part in parts:
        read_part = read(part)
        extensions += read_part.get("Metadata", {}).get("Extends", {}).items()
        outputs = {name: output["Value"] for name, output in merged.get("Outputs", {}).items()}
        bound = {name: value for name, value in outputs.items() if name in read_part.get("Parameters", {})}
        for name in bound:
            del read_part["Parameters"][name]
        for section in ("Resources", "Outputs"):
            read_part[section] = bind(read_part.get(section, {}), bound)
        for section in SECTIONS:
            into = merged.setdefault(section, {})
            for name, value in read_part.get(section, {}).items():
                if into.setdefault(name, value) != value:
                    sys.exit(f"{part}.yaml: {section}.{name} is there already and differs")
        for name in ("AWSTemplateFormatVersion", "Description"):
            merged.setdefault(name, read_part[name])
    for resource, properties in extensions:
        if resource in merged["Resources"]:
            there = merged["Resources"][resource]["Properties"]
            for name, value in properties.items():
                if isinstance(value, list) and isinstance(there.get(name), list):
                    there[name] = there[name] + value
                else:
                    there[name] = value
    return {name: section for name, section in merged.items() if section}


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for count in range(len(OPTIONAL) + 1):
        for chosen in itertools.combinations(OPTIONAL, count):
            text = json.dumps(merge(ALWAYS + list(chosen)), separators=(",", ":"))
            name = "+".join(["core", *chosen])
            (folder / f"{name}.json").write_text(text)
            print(f"{len(text):6} bytes  {name}")
            if len(text) > 51200:
                sys.exit(f"{name}: CloudFormation takes 51200 bytes in a request")


if __name__ == "__main__":
    main(sys.argv[1])
