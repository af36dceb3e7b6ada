"""MiniStack with IAM enforced, which writes down every decision: emulator.py DECISIONS

The policies of the stack refuse what does not come over TLS. Loopback has none, so requests count as encrypted
unless they come with the header `x-plain`, by which a test sees that the others are refused.
"""

import json
import sys

from ministack import app
from ministack.core import iam_evaluator, responses

decisions = open(sys.argv[1], "a", buffering=1)
enforce = iam_evaluator.enforce
pin = app.pin_request_origin


def enforce_and_write(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    who = iam_evaluator.resolve_principal(access_key_id or "", responses.get_account_id())
    principal = getattr(who, "arn", "")
    line = {"principal": principal, "action": iam_action, "resource": resource_arn, "allowed": denied is None}
    decisions.write(json.dumps(line) + "\n")
    return denied


iam_evaluator.enforce = enforce_and_write
app.pin_request_origin = lambda address, secure: pin(address, True)
sys.argv = ["ministack"]
app.main()
