"""Prints which gaps of MiniStack's CloudFront are open: gaps.py [PATCHES]

Without PATCHES (src/local/cloudfront.py) each must be open. One that is closed needs its patch no longer.
"""

import asyncio
import json
import os
import runpy
import sys

os.environ["MINISTACK_HOST"] = "127.0.0.1"
os.environ["GATEWAY_PORT"] = "4566"

from ministack import app  # noqa: E402
from ministack.services import cloudfront, lambda_svc, s3  # noqa: E402
from ministack.services.cloudformation import provisioners  # noqa: E402

if len(sys.argv) > 1:
    runpy.run_path(sys.argv[1])

ACCOUNT = "000000000000"
HOST = "0123456789abcdef0123456789abcdef.lambda-url.us-east-1.on.aws"
behavior = {"TargetOriginId": "group", "ViewerProtocolPolicy": "redirect-to-https"}
members = {"Quantity": 2, "Items": [{"OriginId": "bucket"}, {"OriginId": "function"}]}
codes = {"StatusCodes": {"Quantity": 1, "Items": [403]}}
config = {
    "Enabled": True,
    "DefaultCacheBehavior": behavior,
    "Origins": [
        {"Id": "bucket", "DomainName": "thumbnails.s3.us-east-1.amazonaws.com", "S3OriginConfig": {}},
        {"Id": "function", "DomainName": HOST, "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}},
    ],
    "OriginGroups": {"Quantity": 1, "Items": [{"Id": "group", "FailoverCriteria": codes, "Members": members}]},
}
identity, attributes = provisioners._cf_distribution_create("Distribution", {"DistributionConfig": config}, "stack")
distribution = cloudfront._distributions[identity]
arn = distribution["ARN"]


def request(path):
    headers = {"host": attributes["DomainName"]}
    return asyncio.run(cloudfront.handle_viewer_request(distribution, "GET", path, path, "", headers, b"", {}))


def is_not_found_as_localhost():
    return app._parse_cloudfront_dataplane_host("abc.cloudfront.localhost:4566") is None


def redirects_plain_http():
    return request("/picture")[0] == 301


def knows_no_origin_groups():
    return "group" not in cloudfront.parse_distribution_dataplane_config(distribution)["origins"]


def does_not_sign_for_a_function():
    access = {"OriginAccessControlOriginType": "lambda", "SigningBehavior": "always"}
    cloudfront._oacs["access"] = access
    statements = [
        {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": action, "Resource": "*"}
        for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    ]
    resolved = (ACCOUNT, "us-east-1", "delivery", None, {"AuthType": "AWS_IAM"})
    lambda_svc.resolve_function_url = lambda _: resolved
    record = {"policy": {"Statement": statements}}
    lambda_svc._get_func_record_for_ref_in_scope = lambda *_, **__: (record, {}, None)
    seen = {}

    async def answer(host, uri, method, headers, *_, **__):
        seen.update(headers)
        return 200, {}, b""

    app._handle_lambda_url_request = answer
    origin = {**cloudfront.parse_distribution_dataplane_config(distribution)["origins"]["function"], "oac_id": "access"}
    asyncio.run(cloudfront._fetch_from_function_url_origin(HOST, origin, "GET", "/", "", {}, b"", True, "::1", ""))
    return "authorization" not in {name.lower() for name in seen}


def asks_s3_without_tls():
    everybody = {"Action": "s3:*", "Resource": "*"}
    policy = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, **everybody},
            {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}, **everybody},
        ]
    }
    s3._bucket_policies["thumbnails"] = json.dumps(policy)
    return not s3._cloudfront_origin_allows(ACCOUNT, "thumbnails", "key", arn, "")


def tells_functions_an_address_that_nothing_serves():
    variables = {"Variables": {"DELIVERY_ADDRESS": "https://abc.cloudfront.net"}}
    function = {"FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f", "Environment": variables}
    environment = lambda_svc._provided_worker_env(function, "", 1)
    return environment["DELIVERY_ADDRESS"] != "http://abc.cloudfront.localhost:4566"


gaps = [
    is_not_found_as_localhost,
    redirects_plain_http,
    knows_no_origin_groups,
    does_not_sign_for_a_function,
    asks_s3_without_tls,
    tells_functions_an_address_that_nothing_serves,
]
print(json.dumps({gap.__name__: gap() for gap in gaps}))
