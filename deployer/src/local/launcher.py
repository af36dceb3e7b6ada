"""Runs MiniStack in a session of its own, so that neither Ctrl-C nor a closed terminal ends it.

MiniStack writes its state when it stops. SIGUSR1 makes it do so at once: the deployer asks for that
after each change to the stack, so that even a killed emulator comes back with the stack it had.
"""

import os
import signal
import sys
import threading

os.setsid()

from ministack import app  # noqa: E402
from ministack.core import persistence  # noqa: E402

asked = threading.Event()


def save_when_asked():
    while True:
        asked.wait()
        asked.clear()
        persistence.save_all(app._build_persistence_save_dict())


threading.Thread(target=save_when_asked, daemon=True).start()
signal.signal(signal.SIGUSR1, lambda *_: asked.set())
sys.argv = ["ministack"]
app.main()
