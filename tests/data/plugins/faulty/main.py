"""A plugin that does, on demand, everything that a plugin must not do."""

import json
import os
import subprocess
import sys
import threading
import time


def send(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def reply(number, result):
    send(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}) + "\n")


def fork_bomb():
    while True:
        try:
            os.fork()
        except OSError as error:
            print(f"fork: {error}", file=sys.stderr, flush=True)
            return


def do(fault, number):
    if fault == "crash":
        os.abort()
    if fault == "exit":
        os._exit(3)
    if fault == "hang":
        time.sleep(3600)
    if fault == "spin":
        while True:
            pass
    if fault == "flood":
        while True:
            send('{"jsonrpc":"2.0","method":"say","params":{"text":"x"}}\n')
    if fault == "flood without lines":
        while True:
            send("x" * 4096)
    if fault == "flood the log":
        while True:
            os.write(2, b"x" * 4096)
    if fault == "1 GB":
        kept = []
        for _ in range(64):
            kept.append(bytearray(os.urandom(1)) * (16 << 20))
    if fault == "fork bomb":
        fork_bomb()
        os._exit(4)
    if fault == "threads":
        threads = [threading.Thread(target=time.sleep, args=(3600,), daemon=True) for _ in range(10_000)]
        for thread in threads:
            thread.start()
    if fault == "invalid JSON":
        send("this is not JSON\n")
    if fault == "not a message":
        send('{"jsonrpc":"2.0","id":%d}\n' % number)
    if fault == "half a line":
        send('{"jsonrpc":"2.0","id":%d,"resu' % number)
        time.sleep(3600)
    if fault == "half a line, then the end":
        send('{"jsonrpc":"2.0","id":%d,"resu' % number)
        os._exit(0)
    if fault == "wrong id":
        reply(number + 1000, {"say": "hello"})
    if fault == "wrong answer":
        reply(number, {"shout": "hello"})
    if fault == "fill the disk":
        for name in range(30):
            with open(os.path.join(os.environ["HOME"], str(name)), "wb") as file:
                file.write(b"x" * (8 << 20))
        time.sleep(3600)
    if fault == "a large file":
        with open(os.path.join(os.environ["HOME"], "large"), "wb") as file:
            while True:
                file.write(b"x" * (1 << 20))
    # "no answer": goes on reading.


def main():
    for line in sys.stdin:
        message = json.loads(line)
        number, method, params = message.get("id"), message["method"], message.get("params", {})
        if method == "initialize":
            reply(number, {"events": ["state"]})
            if params["config"].get("deaf"):
                time.sleep(3600)
        elif method == "intent" and params["intent"] == "Hello":
            reply(number, {"say": "hello"})
        elif method == "intent":
            do(params["slots"]["fault"]["value"], number)
        elif method == "shutdown":
            reply(number, {})
            return


main()
