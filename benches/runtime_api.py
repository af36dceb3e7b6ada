"""A fake Runtime API of Lambda: sends invocations, and records when a function requests one and when it responds."""
import contextlib
import json, os, queue, subprocess, sys, threading, time, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api:
    def __init__(self):
        api = self
        self.invocations, self.asked, self.answers = queue.Queue(), queue.Queue(), queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                api.asked.put(time.perf_counter())
                event = api.invocations.get()
                if event is None:
                    return self.connection.close()
                body = json.dumps(event).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 60) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if "chunked" in self.headers.get("Transfer-Encoding", ""):
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                api.answers.put((time.perf_counter(), self.path, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client):
                # Functions are killed while they wait for a response.
                if not isinstance(sys.exception(), ConnectionError):
                    super().handle_error(request, client)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_address[1]}"

    def environment(self, endpoint, memory=1769):
        return environment(self.address, endpoint, memory)

    def invoke(self, event):
        """Invokes the function with `event`, and returns the time of the response."""
        self.invocations.put(event)
        moment, path, body = self.answers.get(timeout=120)
        if path.endswith("error") or json.loads(body or "{}").get("batchItemFailures"):
            raise RuntimeError(f"the function failed: {body[:400]!r}")
        return moment

    def start(self, command, environment):
        """Starts a function. Returns its process, the seconds until it asks for an invocation, and the time of the start."""
        while not self.asked.empty():
            self.asked.get()
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=os.path.dirname(__file__))
        return process, self.asked.get(timeout=60) - begun, begun

    def stop(self, process):
        process.kill()
        process.wait()
        self.invocations.put(None)
        # A pending request of the killed process may receive it. Otherwise it is removed.
        time.sleep(0.05)
        with contextlib.suppress(queue.Empty):
            while True:
                self.invocations.get_nowait()


def environment(address, endpoint, memory=1769, **more):
    """Returns the variables that Lambda sets for a function whose Runtime API is at `address`."""
    from peers import aws

    return aws(
        endpoint,
        AWS_LAMBDA_RUNTIME_API=address,
        AWS_LAMBDA_FUNCTION_NAME="f",
        AWS_LAMBDA_FUNCTION_VERSION="1",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE=str(memory),
        ORIGINALS_BUCKET="originals",
        THUMBNAILS_BUCKET="thumbnails",
        CATALOG_BUCKET="catalog",
        THUMBNAIL_QUEUE_URL=f"{endpoint}/queue",
        PRESETS=json.dumps(presets()),
        # As in the templates.
        MALLOC_ARENA_MAX="1",
        **more,
    )


def presets():
    """Returns the presets of a stack that configures none."""
    sizes = {"small": 128, "medium": 512, "large": 1280}
    return [{"name": name, "width": side, "height": side, "format": "webp", "quality": 80} for name, side in sizes.items()]


def batch(stored, bucket="originals"):
    """Returns the event of a queue with a message for each key of `stored`, which has what `put` returns. Its body is S3's event, sent through SNS with raw delivery."""

    def message(key, described):
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": bucket}, "object": {"key": key, **described}},
        }
        return {
            "messageId": str(uuid.uuid4()),
            "receiptHandle": "r",
            "body": json.dumps({"Records": [record]}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
        }

    return {"Records": [message(key, described) for key, described in stored.items()]}
