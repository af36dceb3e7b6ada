"""The stack: `up`, `up` without a change, and `down`, compared with the CDK's `deploy` and `destroy` on the same emulator."""
import json, os, pathlib, platform, subprocess, tempfile, time

from peers import HERE, aws, built, median, npm

CDK = "2.1148.1"


def measure(quick):
    deployer, rounds = built("deployer", "deployer"), 1 if quick else 3
    cdk = npm("cdk") / "node_modules/.bin/cdk"
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # The CDK deploys the same programs as the local stack, which are built for this machine.
        architecture = "arm64" if platform.machine() == "aarch64" else "x86_64"
        (folder / "deployer.yaml").write_text(f"stack: bench\nfunction: {{ architecture: {architecture} }}\n")

        def run(name, command, environment=None):
            begun = time.perf_counter()
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
            times.setdefault(name, []).append(time.perf_counter() - begun)
            return done.stdout

        ours = lambda *arguments: [deployer, "--local", "--yes", "--quiet", *arguments]
        subprocess.run([deployer, "--local", "package", "--release", "--out", "dist"], cwd=folder, check=True, capture_output=True)
        zips = [f"--zip={zip_}" for zip_ in sorted((folder / "dist").iterdir())]
        try:
            for _ in range(rounds):
                run("up", ours("up", *zips))
                run("up without a change", ours("up", *zips))
                endpoint = json.loads(run("status", ours("--output", "json", "status")))["endpoint"]
                run("down", ours("down"))
                # The emulator stops with the last stack. A second stack starts it again for the CDK.
                subprocess.run(ours("--stack=other", "up", *zips), cwd=folder, check=True, capture_output=True)
                endpoint = json.loads(
                    subprocess.run(ours("--stack=other", "--output", "json", "status"), cwd=folder, check=True, capture_output=True).stdout
                )["endpoint"]
                environment = {**os.environ, **aws(endpoint), "CDK_DISABLE_VERSION_CHECK": "1", "AWS_ENDPOINT_URL_S3": endpoint}
                subprocess.run([deployer, "synth", "--out", "cdk.out", "--make-bucket", *zips], cwd=folder, env=environment, check=True, capture_output=True)
                app = [cdk, "--app", "cdk.out", "--no-notices", "--no-version-reporting"]
                run("cdk deploy", [*app, "deploy", "--require-approval", "never"], environment)
                run("cdk deploy without a change", [*app, "deploy", "--require-approval", "never"], environment)
                run("cdk destroy", [*app, "destroy", "--force"], environment)
                subprocess.run(ours("--stack=other", "down"), cwd=folder, check=True, capture_output=True)
        finally:
            for stack in ("other", "bench"):
                subprocess.run(ours(f"--stack={stack}", "down"), cwd=folder, capture_output=True)
    ms = {name: median(values) * 1e3 for name, values in times.items()}
    pairs = (("up", "cdk deploy"), ("up without a change", "cdk deploy without a change"), ("down", "cdk destroy"))
    rows = [{"what": ours, "unit": "ms", "ours": ms[ours], "others": {f"CDK {CDK}": ms[theirs]}} for ours, theirs in pairs]
    return {"rows": rows, "rounds": rounds}
