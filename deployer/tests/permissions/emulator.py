"""Runs the emulator with enforced IAM policies, and records every decision: emulator.py STACK DECISIONS LAUNCHER

LAUNCHER is the script with which the deployer starts MiniStack.

The policies of the stack refuse what does not come over TLS. Loopback has none, so requests count as encrypted,
until the file PLAIN beside DECISIONS is there.
"""

import json
import pathlib
import runpy
import sys

from ministack import app
from ministack.core import iam_evaluator, responses
from ministack.services import iam, lambda_svc

stack = f"arn:aws:cloudformation:us-east-1:000000000000:stack/{sys.argv[1]}/*"
decisions = open(sys.argv[2], "a", buffering=1)
plain = pathlib.Path(sys.argv[2]).with_name("PLAIN")
enforce = iam_evaluator.enforce
pin = app.pin_request_origin

# Calls for which the emulator uses the name of the call instead of the name of the permission, with that permission.
PERMISSIONS = {"bedrock:Converse": "bedrock:InvokeModel", "sqs:SendMessageBatch": "sqs:SendMessage"}


def asked(action, resource):
    """Returns the resources that AWS checks for a call, each with its condition keys."""
    # A request can name a change set by its ARN alone.
    if action.endswith("ChangeSet") and resource == "*":
        return [(stack, {})]
    # MiniStack does not report which function a mapping invokes, and does not add the tags of the stack to a key.
    mapping = lambda_svc._esms.get(resource.rpartition(":event-source-mapping:")[2])
    if mapping:
        return [(resource, {"lambda:FunctionArn": mapping["FunctionArn"]})]
    if action.startswith("kms:") and ":key/" in resource:
        return [(resource, {"aws:ResourceTag/managed-by": "thumbnail-generator"})]
    if action == "iam:SimulatePrincipalPolicy":
        return [("arn:aws:iam::000000000000:user/operator", {})]
    # The profile, and the model in the region that the profile chooses.
    model = resource.rpartition("::foundation-model/")[2]
    if model != resource and model.count(".") == 2:
        profile = f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/{model}"
        base = f"arn:aws:bedrock:us-west-2::foundation-model/{model.partition('.')[2]}"
        return [(profile, {}), (base, {"bedrock:InferenceProfileArn": profile})]
    return [(resource, {})]


def enforce_and_write(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    action = PERMISSIONS.get(iam_action, iam_action)
    for resource, keys in asked(action, resource_arn):
        denied = enforce(access_key_id, action, service, region, resource, {**(service_context or {}), **keys})
        who = iam_evaluator.resolve_principal(access_key_id or "", responses.get_account_id())
        line = {"principal": getattr(who, "arn", ""), "action": action, "resource": resource}
        decisions.write(json.dumps({**line, "allowed": denied is None}) + "\n")
        if denied:
            return denied
    return None


simulated = {}
parameters = iam._extract_simulate_params
context = iam_evaluator.EvalContext


def with_context_entries(given):
    """Remembers the condition keys of a simulation, which MiniStack omits, and returns its parameters."""
    simulated.clear()
    number = 1
    while name := iam._p(given, f"ContextEntries.member.{number}.ContextKeyName"):
        value = iam._p(given, f"ContextEntries.member.{number}.ContextKeyValues.member.1")
        simulated[name.lower()] = value
        number += 1
    return parameters(given)


iam._extract_simulate_params = with_context_entries
iam_evaluator.EvalContext = lambda **given: context(**{"service_context": dict(simulated), **given})
iam_evaluator.enforce = enforce_and_write
app.pin_request_origin = lambda address, secure: pin(address, not plain.exists())
runpy.run_path(sys.argv[3])
