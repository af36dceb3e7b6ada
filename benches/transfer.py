"""Transfers: 1,000 small and 10 large files to and from one loopback S3, compared with the AWS CLI and s5cmd."""
import hashlib, json, random, shutil, subprocess, time

from cold_start import put
from peers import HERE, Loopback, aws, built, median, venv

SMALL, LARGE = (1000, 20_000), (10, 32_000_000)


def measure(quick):
    deployer, peers = built("deployer", "deployer"), venv("aws")
    rounds, rows = 2 if quick else 5, []
    work = HERE / ".transfer"
    for count, size in (SMALL, LARGE):
        photos = files(work / f"{count}x{size}", count, size)
        up, down = {}, {}
        with Loopback() as s3:
            environment = aws(s3.endpoint)
            s5cmd = [peers / "s5cmd", "--endpoint-url", s3.endpoint]
            for _ in range(rounds):
                uploads = {
                    "deployer": [deployer, "--quiet", "upload", "--recursive", photos],
                    "aws s3 cp": [peers / "aws", "s3", "cp", "--only-show-errors", "--recursive", photos, "s3://plain/"],
                    "s5cmd": [*s5cmd, "cp", f"{photos}/", "s3://plain5/"],
                }
                for name, command in uploads.items():
                    for bucket in ("originals", "plain", "plain5"):
                        put(s3.endpoint, bucket, None)
                    up.setdefault(name, []).append(timed(command, environment))
            thumbnails(s3.endpoint, photos)
            put_all(s3.endpoint, "plain", photos)
            for _ in range(rounds):
                downloads = {
                    "deployer": [deployer, "--quiet", "fetch", "2026/11/25/", "--all", "--preset", "small", "-o"],
                    "aws s3 cp": [peers / "aws", "s3", "cp", "--only-show-errors", "--recursive", "s3://plain/"],
                    "s5cmd": [*s5cmd, "cp", "s3://plain/*"],
                }
                for name, command in downloads.items():
                    out = work / "out"
                    shutil.rmtree(out, ignore_errors=True)
                    down.setdefault(name, []).append(timed([*command, f"{out}/"], environment))
                    if (there := len(list(out.iterdir()))) != count:
                        raise RuntimeError(f"{name} fetched {there} of {count} files")
        for what, times in (("upload", up), ("fetch", down)):
            ms = {name: median(values) * 1e3 for name, values in times.items()}
            rows.append({"what": f"{what} {count:,} files of {size / 1e6:g} MB", "unit": "ms", "ours": ms.pop("deployer"), "others": ms})
    shutil.rmtree(work / "out", ignore_errors=True)
    return {"rows": rows, "rounds": rounds}


def files(folder, count, size):
    """Returns a folder with files that begin like JPEG files and have random content."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    for index in range(count):
        path = folder / f"photo-{index:04}.jpg"
        if not path.exists() or path.stat().st_size != size:
            path.write_bytes(b"\xff\xd8\xff\xe0" + chance.randbytes(size - 4))
    return folder


def timed(command, environment):
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=HERE)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode()[-800:]}")
    return time.perf_counter() - begun


def put_all(endpoint, bucket, photos):
    put(endpoint, bucket, None)
    for path in photos.iterdir():
        put(endpoint, f"{bucket}/{path.name}", path.read_bytes())


def thumbnails(endpoint, photos):
    """Creates a catalog in which the thumbnail of each photo has the bytes of the photo, so that all clients fetch the same amount."""
    for bucket in ("originals", "thumbnails", "catalog"):
        put(endpoint, bucket, None)
    for path in sorted(photos.iterdir()):
        digest = hashlib.sha256(path.name.encode()).hexdigest()
        key = f"2026/11/25/{path.stem}.{digest[:10]}.jpg"
        body = path.read_bytes()
        # In a bucket without versions, the version is the entity tag.
        version = f"etag-{put(endpoint, f'originals/{key}', b'')['eTag']}"
        thumbnail = {"preset": "small", "key": f"{key}~/{version}/small.webp", "format": "webp", "width": 1, "height": 1, "bytes": len(body)}
        put(endpoint, f"thumbnails/{thumbnail['key']}", body)
        original = {
            "bucket": "originals", "key": key, "version": version, "digest": digest, "bytes": len(body), "width": 1,
            "height": 1, "format": "jpeg", "frames": 1, "partial": False, "last_modified": "2026-11-25T00:00:00Z",
        }
        manifest = {
            "schema": 1, "original": original, "thumbnails": [thumbnail], "thumbhash": "",
            "dominant_color": "#000000", "completed_at": "2026-11-25T00:00:00Z",
        }
        put(endpoint, f"catalog/by-key/{key}~/{version}/done.json", json.dumps(manifest).encode())

