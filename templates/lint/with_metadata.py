"""Adds the metadata of the template files, which has the accepted findings, to the resources of merged templates:
with_metadata.py TEMPLATES MERGED"""

import json
import pathlib
import sys

from cfnlint.decode import cfn_yaml

templates, merged = map(pathlib.Path, sys.argv[1:])
metadata = {
    name: resource["Metadata"]
    for file in templates.glob("*.yaml")
    for name, resource in cfn_yaml.load(str(file))["Resources"].items()
    if "Metadata" in resource
}
for file in merged.glob("*.json"):
    template = json.loads(file.read_text())
    for name, resource in template["Resources"].items():
        if name in metadata:
            resource["Metadata"] = metadata[name]
    file.write_text(json.dumps(template, indent=1))
