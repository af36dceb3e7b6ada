"""Adds features of CloudFront that MiniStack lacks; launcher.py runs this script.

- A viewer may use plain HTTP. MiniStack redirects it to HTTPS, which nothing serves on this machine.
- A distribution also answers as `{label}.cloudfront.localhost`, since browsers resolve `*.localhost`.
- An origin group requests its second member if the first answers with one of the listed codes.
- An origin access control signs requests to a function URL, and Lambda requires both permissions of the distribution.
- CloudFront requests objects from S3 over TLS, which the policies of our buckets require.
- A function reads the address of a distribution from its environment. The address that browsers resolve replaces it.
"""

import contextvars
import os
import re

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudfront, lambda_svc, s3

FAILOVER_METHODS = ("GET", "HEAD", "OPTIONS")
# Lambda requires both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
PERMISSIONS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")

distribution = contextvars.ContextVar("distribution", default="")
app._CLOUDFRONT_HOST_RE = re.compile(r"^([a-z0-9]+)\.cloudfront\.(?:net|localhost)$")
handle_viewer_request = cloudfront.handle_viewer_request
parse_config = cloudfront.parse_distribution_dataplane_config
fetch_from_origin = cloudfront._fetch_from_origin
fetch_from_function_url = cloudfront._fetch_from_function_url_origin
origin_allows = s3._cloudfront_origin_allows
function_environment = lambda_svc._provided_worker_env


async def handle_over_tls(dist, method, path, raw_uri, query_string, headers, *rest):
    distribution.set(dist["ARN"])
    headers = {**headers, "x-forwarded-proto": "https"}
    return await handle_viewer_request(dist, method, path, raw_uri, query_string, headers, *rest)


def items(element, *path):
    """Returns the children of `Items` in the last element of `path`."""
    for tag in (*path, "Items"):
        element = cloudfront._find(element, tag) if element is not None else None
    return [] if element is None else list(element)


def config_with_groups(dist):
    """Returns the configuration with each origin group as an origin: its first member, with the second for failover."""
    config = parse_config(dist)
    for group in items(cloudfront._dist_config_el(dist), "OriginGroups"):
        first, second = (cloudfront._text(member, "OriginId") for member in items(group, "Members"))
        codes = {int(code.text) for code in items(group, "FailoverCriteria", "StatusCodes")}
        failover = (config["origins"][second], codes)
        config["origins"][cloudfront._text(group, "Id")] = {**config["origins"][first], "failover": failover}
    return config


async def fetch_with_failover(origin, method, *request):
    answer = await fetch_from_origin(origin, method, *request)
    second, codes = origin.get("failover", (None, ()))
    if method in FAILOVER_METHODS and answer[0] in codes:
        return await fetch_from_origin(second, method, *request)
    return answer


def may_invoke(host):
    """Returns whether the policy of the function grants both permissions to the distribution."""
    account, region, name, qualifier, config = lambda_svc.resolve_function_url(app._parse_lambda_url(host, "/")[0])
    function, _, _ = lambda_svc._get_func_record_for_ref_in_scope(name, account_id=account, region=region)
    context = {
        "aws:sourcearn": distribution.get(),
        "lambda:functionurlauthtype": config.get("AuthType"),
        "lambda:invokedviafunctionurl": "true",
    }

    def allows(action):
        request = iam_evaluator.EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action=action,
            resource_arn=f"arn:aws:lambda:{region}:{account}:function:{name}",
            region=region,
            service_context=context,
        )
        result = iam_evaluator.evaluate_resource_policy(function["policy"], request, service="cloudfront.amazonaws.com")
        return result.decision == "Allow"

    return all(allows(action) for action in PERMISSIONS)


async def fetch_signed(host, origin, method, uri, query_string, headers, *rest):
    access = cloudfront._oacs.get(origin.get("oac_id") or "")
    if access and access["OriginAccessControlOriginType"] == "lambda" and access["SigningBehavior"] != "never":
        if not may_invoke(host):
            answer = b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see the docs."}'
            return 403, "Forbidden", [("Content-Type", "application/json")], answer
        credential = "test/20260101/us-east-1/lambda/aws4_request"
        signature = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
        headers = {**headers, "authorization": signature}
    return await fetch_from_function_url(host, origin, method, uri, query_string, headers, *rest)


def allows_over_tls(*request):
    address, _ = iam_evaluator._request_origin.get()
    token = iam_evaluator._request_origin.set((address, True))
    try:
        return origin_allows(*request)
    finally:
        iam_evaluator._request_origin.reset(token)


def environment_with_addresses(*function):
    here = rf"http://\1.cloudfront.localhost:{os.environ['GATEWAY_PORT']}"
    variables = function_environment(*function)
    return {name: re.sub(r"https://([a-z0-9]+)\.cloudfront\.net", here, value) for name, value in variables.items()}


cloudfront.handle_viewer_request = handle_over_tls
cloudfront.parse_distribution_dataplane_config = config_with_groups
cloudfront._fetch_from_origin = fetch_with_failover
cloudfront._fetch_from_function_url_origin = fetch_signed
s3._cloudfront_origin_allows = allows_over_tls
lambda_svc._provided_worker_env = environment_with_addresses
