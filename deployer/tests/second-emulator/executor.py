"""Runs the program of a function beside LocalStack, whose open edition runs only containers.

LocalStack finds the plugin by the entry point that `run` writes. Each environment serves Lambda's Runtime API to one process:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor


class RuntimeApi(BaseHTTPRequestHandler):
    """The Runtime API: the process requests invocations from it, and reports their results."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        invocation = self.server.executor.invocations.get()
        self.send_response(200)
        deadline = int((time.time() + self.server.executor.timeout) * 1000)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": invocation["invoke-id"],
            "Lambda-Runtime-Invoked-Function-Arn": invocation["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": invocation["trace-id"],
            "Lambda-Runtime-Deadline-Ms": str(deadline),
        }.items():
            self.send_header(name, value)
        self.answer(invocation["payload"].encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/init/error" not in self.path:
            self.server.executor.answers.put((body, self.path.endswith("/error")))
        self.send_response(202)
        self.answer(b"")

    def answer(self, body):
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ProcessExecutor(RuntimeExecutor):
    """An execution environment: the process of a function, and its Runtime API."""

    def start(self, env_vars):
        self.timeout = self.function_version.config.timeout
        self.invocations, self.answers = queue.Queue(), queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
        self.server.daemon_threads = True
        self.server.executor = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        code = self.function_version.config.code.get_unzipped_code_location()
        self.program = code / "bootstrap"
        self.program.chmod(0o755)
        self.log = tempfile.TemporaryFile()
        self.environment = {name: str(value) for name, value in env_vars.items()} | {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_ENDPOINT_URL": self.get_runtime_endpoint(),
            "PATH": os.environ["PATH"],
        }
        self.begin()

    def begin(self):
        self.process = subprocess.Popen(
            [self.program], env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.server.shutdown()

    def invoke(self, payload):
        before = self.log.seek(0, os.SEEK_END)
        self.invocations.put(payload)
        body, is_error = self.ended(time.monotonic() + self.timeout)
        self.log.seek(before)
        said = self.log.read().decode(errors="replace")
        request = payload["invoke-id"]
        logs = f"START RequestId: {request}\n{said}END RequestId: {request}\n"
        return InvocationResult(request, body, is_error=is_error, logs=logs)

    def ended(self, deadline):
        """Returns the result of the invocation. Replaces a process that ended or timed out, as Lambda does."""
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                return self.answers.get(timeout=0.1)
            except queue.Empty:
                continue
        why = "Runtime.ExitError" if self.process.poll() is not None else "Sandbox.Timedout"
        self.process.kill()
        self.process.wait()
        self.begin()
        return json.dumps({"errorType": why, "errorMessage": why}).encode(), True

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}"

    def get_logs(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    @classmethod
    def prepare_version(cls, function_version):
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args, **kwargs):
        return ProcessExecutor
