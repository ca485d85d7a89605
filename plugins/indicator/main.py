"""An LED that shows what the assistant does: on while it listens, blinking while it speaks.

Linux gives every LED, and every GPIO pin declared as one, a file that takes 0 or 1.
"""

import threading

from entrenous import Plugin

plugin = Plugin()
pin, stop_blinking = None, threading.Event()


def light(on):
    if pin is None:
        return
    pin.seek(0)
    pin.write("1\n" if on else "0\n")
    pin.flush()


def blink(stop):
    on = True
    while not stop.wait(0.2):
        light(on)
        on = not on


@plugin.start
def open_pin():
    global pin
    path = plugin.permissions["device"][0]
    try:
        pin = open(path, "w")
    except OSError as error:
        print(f"there is no LED at {path}: {error}")
        return
    light(False)


@plugin.event("state")
def show(event):
    global stop_blinking
    stop_blinking.set()
    light(event["state"] in ("listening", "thinking"))
    if event["state"] == "speaking":
        stop_blinking = threading.Event()
        threading.Thread(target=blink, args=(stop_blinking,), daemon=True).start()


plugin.run()
