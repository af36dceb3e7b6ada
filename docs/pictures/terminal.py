"""Runs a session of the real deployer on a local stack, and draws it as an animated SVG: docs/pictures/terminal.svg.

    python3 docs/pictures/terminal.py [DEPLOYER]

The lines and their order are those of the run. The times are scaled so that the recording takes half a minute.
"""

import html
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 112, 26
SECONDS = 30
# The pauses for typing a command and for reading its result, in seconds of the recording.
TYPED, READ = 0.8, 2.0
SESSION = [
    "deployer demo",
    "deployer up --yes",
    "deployer upload --wait cat.jpg",
    "deployer explain cat.jpg",
]
STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d7dde5;
  white-space: pre }
.prompt { fill: #7ee0a5 }
.command { fill: #ffffff; font-weight: 600 }
"""


def run(deployer, folder):
    """Returns (seconds, is_command, text) for each line of the session."""
    lines, now = [], 0.0
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "deployer").symlink_to(deployer)
    env = {**os.environ, "DEPLOYER_LOCAL": "true", "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    env["COLUMNS"] = str(COLUMNS)
    for command in SESSION:
        lines.append((now, True, command))
        begun = time.monotonic()
        child = subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for line in child.stdout:
            lines.append((now + time.monotonic() - begun, False, line.rstrip("\n")))
        if child.wait() != 0:
            sys.exit(f"`{command}` ended with {child.returncode}:\n" + "\n".join(text for _, _, text in lines[-20:]))
        now += time.monotonic() - begun
    subprocess.run(["bash", "-c", "deployer down --yes"], cwd=folder, env=env, check=True, capture_output=True)
    return lines


def shorten(lines):
    """Leaves out the middle of long output, and cuts long lines."""
    kept, output = [], []

    def flush():
        if len(output) > ROWS - 8:
            middle = output[(ROWS - 8) // 2]
            output[(ROWS - 8) // 2 : -(ROWS - 8) // 2] = [(middle[0], False, "  ...")]
        kept.extend(output)
        output.clear()

    for line in lines:
        if line[1]:
            flush()
            kept.append(line)
        else:
            output.append(line)
    flush()
    cut = lambda text: text if len(text) <= COLUMNS else text[: COLUMNS - 1] + "…"
    return [(at, is_command, cut(text)) for at, is_command, text in kept]


def timeline(lines):
    """Returns the lines with times in the recording, which ends at SECONDS."""
    commands = sum(is_command for _, is_command, _ in lines)
    scale = (SECONDS - commands * (TYPED + READ)) / max(lines[-1][0], 1)
    timed, pauses = [], 0.0
    for at, is_command, text in lines:
        if is_command and timed:
            pauses += READ
        timed.append((at * scale + pauses, is_command, text))
        if is_command:
            pauses += TYPED
    return timed


def svg(lines):
    """Draws the lines as an SVG that shows each at its time and scrolls when the window is full."""
    height, top, left = 20, 52, 20
    width, window = COLUMNS * 8.45 + 2 * left, ROWS * height
    percent = lambda at: f"{100 * at / (SECONDS + 3):.2f}%"
    styles, texts, scrolls = [STYLE], [], ["0% { transform: translateY(0) }"]
    for row, (at, is_command, text) in enumerate(lines):
        styles.append(f"@keyframes l{row} {{ 0%, {percent(at)} {{ opacity: 0 }} {percent(at + 0.01)}, 100% {{ opacity: 1 }} }}")
        styles.append(f"#l{row} {{ animation: l{row} {SECONDS + 3}s step-end infinite }}")
        prompt = '<tspan class="prompt">$ </tspan>' if is_command else ""
        kind = ' class="command"' if is_command else ""
        texts.append(
            f'<text id="l{row}" x="{left}" y="{top + 20 + row * height}"{kind} xml:space="preserve">'
            f"{prompt}{html.escape(text)}</text>"
        )
        if row >= ROWS:
            scrolls.append(f"{percent(at)} {{ transform: translateY(-{(row - ROWS + 1) * height}px) }}")
    scrolls.append(f"100% {{ transform: translateY(-{max(len(lines) - ROWS, 0) * height}px) }}")
    styles.append("@keyframes scroll { " + " ".join(scrolls) + " }")
    styles.append(f"#lines {{ animation: scroll {SECONDS + 3}s step-end infinite }}")
    # Readers who prefer reduced motion, and renderers without animation, see the end of the session.
    styles.append(
        "@media (prefers-reduced-motion: reduce) { text { animation: none !important } #lines { animation: none; "
        f"transform: translateY(-{max(len(lines) - ROWS, 0) * height}px) }} }}"
    )
    dots = "".join(
        f'<circle cx="{24 + 22 * i}" cy="22" r="6.5" fill="{color}"/>'
        for i, color in enumerate(["#ff5f57", "#febc2e", "#28c840"])
    )
    label = "A terminal session: the demo makes thumbnails, up finds no changes, a photo is uploaded and explained"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {window + top + 20}" role="img" '
        f'aria-label="{label}">\n<style>{"".join(styles)}</style>\n'
        f'<rect width="100%" height="100%" rx="10" fill="#16202b"/>{dots}\n'
        f'<svg x="0" y="{top + 6}" width="{width:.0f}" height="{window + 2}" viewBox="0 {top + 6} {width:.0f} {window + 2}">'
        f'<g id="lines">\n' + "\n".join(texts) + "\n</g></svg>\n</svg>\n"
    )


def main():
    deployer = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/deployer").resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(ROOT / "samples/chelsea.png", folder / "cat.jpg")
        lines = run(deployer, folder)
    out = ROOT / "docs/pictures/terminal.svg"
    out.write_text(svg(timeline(shorten(lines))))
    print(out)


main()
