"""Delivery: pictures by URL, compared with ipx (Node, sharp) and thumbor (Python), each as in a deployment.

Ours is the delivery function behind a Function URL, which `front` imitates: each process handles one request at a time, as
in Lambda. There is one process per processor. ipx and thumbor are servers with the same number of processes. All read the
same photo from the same loopback S3 over HTTP, and write WebP of quality 80.

Cold start: from the execution of the program to its first response, that a photo does not exist, and to its first rendered
picture.

Stored: the same picture is requested repeatedly. thumbor has it in its result storage on disk. ipx stores no results and
renders it each time; it is meant to run behind a cache. On demand: a new size of a photo with 12 megapixels.
"""
import json, os, pathlib, signal, subprocess, time, urllib.error, urllib.request

from cold_start import put
from handler import peak
from peers import HERE, PEERS, Loopback, built, loopback_program, median, node, npm, photographs, venv
from runtime_api import environment

CONNECTIONS = [1, 8, 64]
PROCESSES = os.cpu_count()
WIDTHS = range(300, 500)


def measure(quick):
    photo = (photographs(HERE / ".photos") / "phone.jpg").read_bytes()
    requests = {"stored": 64 if quick else 640, "on demand": 16 if quick else 128}
    servers = {"ours": Ours, "ipx": Ipx, "thumbor": Thumbor}
    measured, memory = {}, {}
    started, cold = ({name: [] for name in servers} for _ in range(2))
    with Loopback() as s3:
        put(s3.endpoint, "originals/photo.jpg", photo)
        for name, server in servers.items():
            for round_ in range(3 if quick else 7):
                # Use a new key, for which no picture is stored.
                key = f"cold-{name}-{round_}.jpg"
                put(s3.endpoint, f"originals/{key}", photo)
                cold[name].append(first_response(server, s3.endpoint, key))
                started[name].append(first_response(server, s3.endpoint, f"missing-{key}", expect=404))
        for name, server in servers.items():
            memory[name] = []
        # The servers are measured in turn, with each kind of load and each number of connections.
        for what, count in requests.items():
            for connections in CONNECTIONS:
                for name, server in servers.items():
                    copies = [f"{name}-{what[0]}-{connections}-{index}.jpg" for index in range(count // 50 + 1)]
                    for copy in copies:
                        put(s3.endpoint, f"originals/{copy}", photo)
                    with server(s3.endpoint) as running:
                        paths = [running.path(copies[index // 50], WIDTHS[index % 50]) for index in range(count)]
                        if what == "stored":
                            paths = paths[:1]
                        # The first request is not counted, because connections and caches are not ready.
                        load(running.address, 1, 1, [running.path("photo.jpg", 299)] + paths[: 1 if what == "stored" else 0])
                        if what == "stored":
                            load(running.address, 1, 2, paths)
                        measured[what, connections, name] = load(running.address, connections, count, paths)
                        memory[name].append(running.peak())
    rows = []
    for what in requests:
        for connections in CONNECTIONS:
            for figure, unit, label in (("rps", "1/s", "requests per second"), ("p50", "ms", "median"), ("p99", "ms", "99th percentile")):
                values = {name: measured[what, connections, name][figure] for name in servers}
                plural = "" if connections == 1 else "s"
                rows.append(row(f"{what}, {connections} connection{plural}: {label}", unit, values))
    rows.append(row("peak memory of all processes", "MiB", {name: max(values) for name, values in memory.items()}))
    rows.append(row("exec to the first response, without a photo", "ms", {name: median(values) for name, values in started.items()}))
    rows.append(row("exec to the first picture, 12 megapixels", "ms", {name: median(values) for name, values in cold.items()}))
    return {"rows": rows, "requests": requests, "processes": PROCESSES}


def row(what, unit, values):
    ours = values.pop("ours")
    return {"what": what, "unit": unit, "ours": ours, "others": values, "more_is_better": unit == "1/s"}


def load(address, connections, count, paths):
    command = [loopback_program("load"), address, str(connections), str(count)]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    if result["failed"] or not result["bytes"]:
        raise RuntimeError(f"{address}: {result} of {paths[:2]}")
    return result


def first_response(server, endpoint, key, expect=200):
    """Returns the milliseconds from the start of one process to its first response, which has the status `expect`."""
    with server(endpoint, 1, begin=False) as running:
        begun = time.perf_counter()
        running.begin()
        url = f"http://{running.address}{running.path(key, 299)}"
        while True:
            try:
                with urllib.request.urlopen(url) as answer:
                    answer.read()
                    return (time.perf_counter() - begun) * 1e3
            except urllib.error.URLError as error:
                if isinstance(error, urllib.error.HTTPError):
                    if error.code == expect:
                        return (time.perf_counter() - begun) * 1e3
                    raise RuntimeError(f"{url}: {error.code} {error.read()[:300]}") from error
                time.sleep(0.002)


class Server:
    """Processes that serve requests at `address`."""

    def __init__(self, endpoint, processes=PROCESSES, begin=True):
        self.endpoint, self.count, self.processes = endpoint, processes, []
        self.prepare()
        if begin:
            self.begin()
            self.wait()

    def prepare(self):
        self.address = f"127.0.0.1:{free_port()}"

    def wait(self):
        deadline = time.time() + 60
        while time.time() < deadline:
            try:
                urllib.request.urlopen(f"http://{self.address}{self.path('photo.jpg', 298)}").read()
                return
            except urllib.error.HTTPError as error:
                raise RuntimeError(f"{self.address}: {error.read()[:300]}") from error
            except urllib.error.URLError:
                time.sleep(0.05)
        raise RuntimeError(f"{type(self).__name__} does not answer")

    def run(self, command, environment):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.processes.append(subprocess.Popen(command, env=environment, cwd=HERE, **quiet))

    def all(self):
        """Returns the IDs of all processes and their children."""
        own = [process.pid for process in self.processes]
        return own + [child for pid in own for child in children(pid)]

    def peak(self):
        """Returns the peak memory of all processes, in MiB."""
        return sum(peak(pid) for pid in self.all())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The children of a killed server continue to run.
        for pid in self.all():
            os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()


class Ours(Server):
    def prepare(self):
        self.front = subprocess.Popen([loopback_program("front")], stdout=subprocess.PIPE, text=True)
        url, self.api = self.front.stdout.readline().split()
        self.address = url.removeprefix("http://")

    def begin(self):
        sizes = ",".join(f"{width}x" for width in [298, 299, *WIDTHS])
        for _ in range(self.count):
            self.run([built("handler", "delivery")], environment(self.api, self.endpoint, DELIVERY_SIZES=sizes))

    def path(self, key, width):
        return f"/p/{width}x/{key}?format=webp"

    def __exit__(self, *_):
        super().__exit__()
        self.front.kill()
        self.front.wait()


class Ipx(Server):
    """A Node process for each processor, with the module `cluster`."""

    def begin(self):
        host, port = self.address.split(":")
        environment = {"PATH": os.environ["PATH"], "HOST": host, "PORT": port, "ORIGIN": self.endpoint, "PROCESSES": str(self.count)}
        self.run([node(), npm("ipx") / "server.mjs"], environment)

    def path(self, key, width):
        return f"/w_{width},f_webp,q_80/{self.endpoint}/originals/{key}"


class Thumbor(Server):
    def prepare(self):
        super().prepare()
        self.folder = PEERS / "thumbor-results"
        subprocess.run(["rm", "-rf", self.folder], check=True)
        self.folder.mkdir(parents=True)

    def begin(self):
        config = self.folder / "thumbor.conf"
        config.write_text(
            f"LOADER = 'thumbor.loaders.http_loader'\nALLOW_UNSAFE_URL = True\nQUALITY = 80\n"
            f"STORAGE = 'thumbor.storages.no_storage'\nRESULT_STORAGE = 'thumbor.result_storages.file_storage'\n"
            f"RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = {str(self.folder / 'results')!r}\nRESULT_STORAGE_STORES_UNSAFE = True\n"
        )
        host, port = self.address.split(":")
        thumbor = venv("thumbor") / "thumbor"
        command = [thumbor, "--ip", host, "--port", port, "--conf", config, "--processes", str(self.count), "--log-level", "error"]
        self.run(command, {"PATH": f"{thumbor.parent}:{os.environ['PATH']}"})

    def path(self, key, width):
        return f"/unsafe/{width}x0/filters:format(webp)/{self.endpoint.removeprefix('http://')}/originals/{key}"


def children(pid):
    below = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in below] + [grandchild for child in below for grandchild in children(int(child))]


def free_port():
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
