"""Runs MiniStack in a separate session, so that neither Ctrl-C nor a closed terminal ends it.

MiniStack saves its state when it stops. On SIGUSR1 it saves the state at once. The deployer sends this signal after each
change of the stack, so that an emulator that is killed later restores the stack.

This script changes MiniStack as follows:

- Bedrock forwards a conversation to the model at MINISTACK_BEDROCK_PROXY_URL without its pictures. `with_pictures` adds
  them.
- CloudFormation rejects the import of a bucket because the bucket exists. `errors_except_imports` allows it.
- CloudFormation rejects an alarm on the sum of two metrics. `alarm_record` accepts it.
- CloudFormation passes the numbers of an event source mapping as strings, which the poller cannot use. `with_numbers`
  converts them.
- S3 does not encode the keys in a listing of versions or uploads, so a control character in a key makes the XML invalid.
  `with_encoded_keys` encodes them.
- `Ref` returns the name of a secret instead of its ARN, which policies need. `create_secret` returns the ARN.
- CloudFront lacks several features, which cloudfront.py adds.
"""

import contextvars
import os
import runpy
import signal
import sys
import threading

os.setsid()

from ministack import app  # noqa: E402
from ministack.core import persistence  # noqa: E402
from ministack.services import bedrock_runtime, s3, secretsmanager  # noqa: E402
from ministack.services.cloudformation import provisioners, stacks  # noqa: E402

save_requested = threading.Event()


def save_on_request():
    while True:
        save_requested.wait()
        save_requested.clear()
        persistence.save_all(app._build_persistence_save_dict())


threading.Thread(target=save_on_request, daemon=True).start()
signal.signal(signal.SIGUSR1, lambda *_: save_requested.set())
without_pictures = bedrock_runtime._openai_messages


def with_pictures(messages, system):
    """Returns the messages of Converse in the format of OpenAI, each picture before the text of its message."""
    converted = without_pictures([], system)
    for message in messages or []:
        images = [block["image"] for block in message.get("content") or [] if "image" in block]
        pictures = [
            {
                "type": "image_url",
                "image_url": {"url": f"data:image/{image['format']};base64,{image['source']['bytes']}"},
            }
            for image in images
        ]
        for part in without_pictures([message], None):
            if pictures and isinstance(part.get("content"), str):
                part["content"] = [*pictures, {"type": "text", "text": part["content"]}]
            converted.append(part)
    return converted


bedrock_runtime._openai_messages = with_pictures
validation_errors = stacks._validation_errors


def errors_except_imports(resources, *rest):
    """Returns the errors that MiniStack finds before a deployment, without those about imported buckets.

    Our templates contain the literal name of a bucket only to import it."""
    imported = {
        name
        for name, resource in resources.items()
        if isinstance((resource.get("Properties") or {}).get("BucketName"), str)
    }
    return [error for error in validation_errors(resources, *rest) if error[0] not in imported]


stacks._validation_errors = errors_except_imports
record_of_one_metric = provisioners._cw_metric_alarm_record


def alarm_record(name, props):
    """Returns the record of an alarm. An alarm on several metrics keeps the first, since MiniStack evaluates no alarm of ours."""
    stats = [metric["MetricStat"] for metric in props.get("Metrics") or [] if "MetricStat" in metric]
    if stats:
        of_first = {"Statistic": stats[0]["Stat"], "Period": stats[0]["Period"], **stats[0]["Metric"]}
        props = {**{key: value for key, value in props.items() if key != "Metrics"}, **of_first}
    return record_of_one_metric(name, props)


provisioners._cw_metric_alarm_record = alarm_record
xml_body = s3._xml_body
wants_encoded = contextvars.ContextVar("wants_encoded", default=False)


def with_encoded_keys(root):
    """Returns a listing as XML, with URL-encoded keys if the request has encoding-type=url."""
    if wants_encoded.get() and root.tag.startswith("List"):
        for element in root.iter():
            if element.tag in ("Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker") and element.text:
                element.text = s3._url_encode(element.text)
        s3.SubElement(root, "EncodingType").text = "url"
    return xml_body(root)


def with_encoding_type(listing):
    def list_with_encoding_type(bucket, query):
        token = wants_encoded.set(s3._qp(query, "encoding-type", "") == "url")
        try:
            return listing(bucket, query)
        finally:
            wants_encoded.reset(token)

    return list_with_encoding_type


s3._xml_body = with_encoded_keys
s3._list_object_versions = with_encoding_type(s3._list_object_versions)
s3._list_multipart_uploads = with_encoding_type(s3._list_multipart_uploads)


def with_numbers(props):
    """Returns the properties of an event source mapping with numbers instead of strings."""
    scaling = {name: int(value) for name, value in (props.get("ScalingConfig") or {}).items()}
    numbers = {"BatchSize": int(props["BatchSize"])} if "BatchSize" in props else {}
    return {**props, **numbers, **({"ScalingConfig": scaling} if scaling else {})}


event_source = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
create_source, update_source = event_source["create"], event_source["update"]
event_source["create"] = lambda name, props, stack: create_source(name, with_numbers(props), stack)
event_source["update"] = lambda id, old, new, stack: update_source(id, old, with_numbers(new), stack)
secret = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
create_named_secret = secret["create"]


def create_secret(*resource):
    name, attributes = create_named_secret(*resource)
    arn = attributes["Arn"]
    secretsmanager._secrets[arn] = secretsmanager._secrets.pop(name)
    return arn, attributes


secret["create"] = create_secret
runpy.run_path(os.path.join(os.path.dirname(__file__), "cloudfront.py"))

sys.argv = ["ministack"]
app.main()
