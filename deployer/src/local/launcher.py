"""Runs MiniStack in a session of its own, so that neither Ctrl-C nor a closed terminal ends it.

MiniStack writes its state when it stops. SIGUSR1 makes it do so at once: the deployer asks for that
after each change to the stack, so that even a killed emulator comes back with the stack it had.

Its Bedrock hands a conversation on to the model behind MINISTACK_BEDROCK_PROXY_URL without the pictures in it. Here they
are put back. Its CloudFormation refuses to import a bucket because it exists, and alarms on the sum of two metrics; it hands
the numbers of an event source on as the texts that parameters are, with which its poller cannot count. Its S3
does not encode the keys in a listing of versions or uploads: one control character in a key, and nobody can read the page.
What its CloudFront lacks is in cloudfront.py.
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
from ministack.services import bedrock_runtime, s3  # noqa: E402
from ministack.services.cloudformation import provisioners, stacks  # noqa: E402

asked = threading.Event()


def save_when_asked():
    while True:
        asked.wait()
        asked.clear()
        persistence.save_all(app._build_persistence_save_dict())


threading.Thread(target=save_when_asked, daemon=True).start()
signal.signal(signal.SIGUSR1, lambda *_: asked.set())
without_pictures = bedrock_runtime._openai_messages


def with_pictures(messages, system):
    """Converse's messages as OpenAI's, each picture before the text of its message."""
    said = without_pictures([], system)
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
            said.append(part)
    return said


bedrock_runtime._openai_messages = with_pictures
before_deployment = stacks._validation_errors


def but_for_imports(resources, *given):
    """MiniStack's check before a deployment, which takes the buckets that a stack imports for names that are taken.

    Our templates write the name of a bucket out only to import it."""
    imported = {
        name
        for name, resource in resources.items()
        if isinstance((resource.get("Properties") or {}).get("BucketName"), str)
    }
    return [error for error in before_deployment(resources, *given) if error[0] not in imported]


stacks._validation_errors = but_for_imports
record_of_one_metric = provisioners._cw_metric_alarm_record


def alarm_record(name, props):
    """MiniStack's record of an alarm. Of an alarm on several metrics it keeps the first: it evaluates none of ours."""
    stats = [metric["MetricStat"] for metric in props.get("Metrics") or [] if "MetricStat" in metric]
    if stats:
        of_first = {"Statistic": stats[0]["Stat"], "Period": stats[0]["Period"], **stats[0]["Metric"]}
        props = {**{key: value for key, value in props.items() if key != "Metrics"}, **of_first}
    return record_of_one_metric(name, props)


provisioners._cw_metric_alarm_record = alarm_record
xml_body = s3._xml_body
wants_encoded = contextvars.ContextVar("wants_encoded", default=False)


def with_encoded_keys(root):
    """A listing as XML, its keys encoded as in an address if that is asked for (encoding-type=url)."""
    if wants_encoded.get() and root.tag.startswith("List"):
        for element in root.iter():
            if element.tag in ("Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker") and element.text:
                element.text = s3._url_encode(element.text)
        s3.SubElement(root, "EncodingType").text = "url"
    return xml_body(root)


def as_asked(listing):
    def list_as_asked(bucket, query):
        token = wants_encoded.set(s3._qp(query, "encoding-type", "") == "url")
        try:
            return listing(bucket, query)
        finally:
            wants_encoded.reset(token)

    return list_as_asked


s3._xml_body = with_encoded_keys
s3._list_object_versions = as_asked(s3._list_object_versions)
s3._list_multipart_uploads = as_asked(s3._list_multipart_uploads)


def with_numbers(props):
    """The properties of an event source with numbers where a parameter gave a text."""
    scaling = {name: int(value) for name, value in (props.get("ScalingConfig") or {}).items()}
    numbers = {"BatchSize": int(props["BatchSize"])} if "BatchSize" in props else {}
    return {**props, **numbers, **({"ScalingConfig": scaling} if scaling else {})}


event_source = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
create_source, update_source = event_source["create"], event_source["update"]
event_source["create"] = lambda name, props, stack: create_source(name, with_numbers(props), stack)
event_source["update"] = lambda id, old, new, stack: update_source(id, old, with_numbers(new), stack)
runpy.run_path(os.path.join(os.path.dirname(__file__), "cloudfront.py"))

sys.argv = ["ministack"]
app.main()
