"""Plugins for Entrenous in Python, in one file and without dependencies.

    from entrenous import Plugin

    plugin = Plugin()

    @plugin.intent("Hello")
    def hello(request):
        return request.say(en="Hello!", fr="Bonjour !")

    plugin.run()

A handler returns what to say, a question (`plugin.ask`), or nothing. What is printed goes to the
plugin's log (`entrenous plugin logs NAME`): standard output belongs to the protocol.
docs/plugins.md is the guide.
"""

import json
import os
import sys
import traceback

__all__ = ["Plugin", "Request", "Refused", "connect", "http_get"]

MAX_LINE = 64 * 1024


class Refused(Exception):
    """The assistant refused a request; `code` says why."""

    def __init__(self, error):
        super().__init__(error.get("message", "refused"))
        self.code = error.get("code")


class Request:
    """What somebody wants: an intent, the answer to a question, or an appointment that is due."""

    def __init__(self, plugin, params):
        self.session = params.get("session")
        self.language = params.get("language", plugin.language)
        self.intent = params.get("intent")
        self.area = params.get("area")
        #: What was said, with the permission `transcripts`.
        self.text = params.get("text")
        #: Slots by name: their values.
        self.slots = {name: slot["value"] for name, slot in params.get("slots", {}).items()}
        #: Slots by name: the words as they were said.
        self.raw = {name: slot.get("raw", "") for name, slot in params.get("slots", {}).items()}
        #: The answer to a question, and what the question carried along.
        self.value = params.get("value")
        self.state = (params.get("state") or {}).get("data")
        #: What an appointment carried along.
        self.data = params.get("data")

    def slot(self, name, default=None):
        return self.slots.get(name, default)

    def say(self, **texts):
        """The text of the language that is spoken: `request.say(en="Yes", fr="Oui")`."""
        return texts.get(self.language) or texts.get("en") or next(iter(texts.values()))


class Plugin:
    def __init__(self):
        self.name = os.path.basename(os.getcwd())
        self.language = "en"
        #: The settings, from `[config]` in plugin.toml.
        self.config = {}
        #: What the household has granted, as in plugin.toml.
        self.permissions = {}
        #: A folder of the plugin's own.
        self.data = os.environ.get("HOME", ".")
        self._intents, self._answers, self._scheduled, self._events = {}, {}, {}, {}
        self._start, self._ended = None, None
        self._next, self._waiting = 1, []
        # `print` shall not break the protocol.
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._in = sys.stdin.buffer

    # What the plugin does.

    def intent(self, name):
        """`@plugin.intent("Name")`: answers an intent of the sentence files."""
        return self._keep(self._intents, name)

    def answer(self, name):
        """`@plugin.answer("name")`: takes the answers to questions asked with `then="name"`."""
        return self._keep(self._answers, name)

    def scheduled(self, name):
        """`@plugin.scheduled("name")`: is called for appointments made with `then="name"`."""
        return self._keep(self._scheduled, name)

    def event(self, name):
        """`@plugin.event("state")`: is told what happens. Needs the permission `events`."""
        return self._keep(self._events, name)

    def start(self, function):
        """`@plugin.start`: is called once, when the settings are known."""
        self._start = function
        return function

    def session_ended(self, function):
        """`@plugin.session_ended`: a question was left without an answer."""
        self._ended = function
        return function

    @staticmethod
    def _keep(table, name):
        def keep(function):
            table[name] = function
            return function

        return keep

    # What a handler can return.

    def ask(self, say, then, choices=None, text=False, state=None):
        """A question. `choices` is `{value: [ways to say it]}`; without, yes or no is expected, or
        any words with `text=True` (permission `transcripts`)."""
        if choices is not None:
            listed = [{"value": value, "said": list(said)} for value, said in choices.items()]
            expect = {"type": "choice", "choices": listed}
        else:
            expect = {"type": "text" if text else "yes_no"}
        return {"ask": {"say": say, "expect": expect, "state": {"then": then, "data": state}}}

    # What the plugin can ask of the assistant.

    def call(self, method, **params):
        """Any request of the protocol; gives its result or raises `Refused`."""
        number, self._next = self._next, self._next + 1
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if message is None:
                raise EOFError("the assistant is gone")
            if "method" in message or message.get("id") != number:
                self._waiting.append(message)
            elif "error" in message:
                raise Refused(message["error"])
            else:
                return message["result"]

    def say(self, text):
        """Says something unasked. Needs the permission `speak`."""
        self.call("say", text=text)

    def get(self, key, default=None):
        """What was kept under a key, also before a restart."""
        value = self.call("store.get", key=key)["value"]
        return default if value is None else value

    def set(self, key, value):
        """Keeps a value; None removes it."""
        self.call("store.set", key=key, value=value)

    def keys(self):
        return self.call("store.keys")["keys"]

    def devices(self, **which):
        """Devices and their state: `plugin.devices(area="Kitchen")`. Needs the permission `home`."""
        return self.call("home.get", **which)["devices"]

    def change(self, device, **state):
        """Changes a device: `plugin.change("Bed Light", on=True)`. Needs `home = "control"`."""
        self.call("home.set", name=device, state=state)

    def schedule(self, name, then, in_s=None, at=None, data=None):
        """Makes an appointment, in seconds or at an RFC 3339 time; the same name moves it."""
        when = {"in_s": in_s} if at is None else {"at": at}
        self.call("schedule", id=name, data={"then": then, "data": data}, **when)

    def cancel(self, name):
        self.call("schedule.cancel", id=name)

    def add_words(self, list, value, *said):
        """A new value for one of the plugin's own lists."""
        self.call("vocabulary.add", list=list, value=value, said=said)

    # The loop.

    def run(self):
        """Serves until the assistant says that it is enough."""
        while True:
            message = self._waiting.pop(0) if self._waiting else self._read()
            if message is None or message.get("method") == "shutdown":
                if message is not None:
                    self._send({"jsonrpc": "2.0", "id": message["id"], "result": {}})
                return
            if "method" in message:
                self._serve(message)

    def _serve(self, message):
        number, method, params = message.get("id"), message["method"], message.get("params", {})
        try:
            result = self._answer(method, params)
            reply = {"jsonrpc": "2.0", "id": number, "result": result}
        except LookupError as error:
            reply = {"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": str(error)}}
        except Exception as error:  # The household hears that it did not work; the log says why.
            traceback.print_exc(file=sys.stderr)
            reply = {"jsonrpc": "2.0", "id": number, "error": {"code": -32000, "message": repr(error)[:500]}}
        if number is not None:
            self._send(reply)

    def _answer(self, method, params):
        if method == "initialize":
            self.name, self.language = params["name"], params["language"]
            self.config, self.data = params["config"], params["data"]
            self.permissions = params.get("permissions", {})
            if self._start:
                self._start()
            return {"events": list(self._events)}
        if method == "event":
            self._find(self._events, params["event"])(params.get("data", {}))
            return {}
        if method == "end_session":
            if self._ended:
                self._ended(params)
            return {}
        request = Request(self, params)
        if method == "intent":
            return self._result(self._find(self._intents, params["intent"])(request))
        if method == "continue":
            return self._result(self._find(self._answers, (params.get("state") or {}).get("then"))(request))
        if method == "scheduled":
            made = request.data or {}
            request.data = made.get("data")
            return self._result(self._find(self._scheduled, made.get("then"))(request))
        raise LookupError(f"there is no method `{method}`")

    @staticmethod
    def _find(table, name):
        if name not in table:
            raise LookupError(f"nothing is registered for `{name}`")
        return table[name]

    @staticmethod
    def _result(result):
        if result is None:
            return {}
        return {"say": result} if isinstance(result, str) else result

    def _read(self):
        line = self._in.readline(MAX_LINE)
        return json.loads(line) if line.endswith(b"\n") else None

    def _send(self, message):
        line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        while line:
            line = line[self._out.write(line):]


def connect(host, port, timeout=1.0):
    """A connected TCP socket to a machine of the permission `network`.

    A plugin can make no sockets; the assistant connects for it and hands the socket over."""
    import array
    import socket

    number = os.environ.get("ENTRENOUS_NETWORK_FD")
    if number is None:
        raise PermissionError("this plugin has no permission `network`")
    broker = socket.socket(fileno=os.dup(int(number)))
    try:
        broker.sendall(f"{host}:{port}\n".encode())
        size = array.array("i").itemsize
        answer, handed, _, _ = broker.recvmsg(512, socket.CMSG_SPACE(size))
        while not handed and answer and not answer.endswith(b"\n"):
            more = broker.recv(512)
            if not more:
                break
            answer += more
    finally:
        broker.close()
    if not handed:
        raise ConnectionError(answer.decode(errors="replace").strip() or "the assistant is gone")
    descriptors = array.array("i")
    descriptors.frombytes(handed[0][2][:size])
    connected = socket.socket(fileno=descriptors[0])
    connected.settimeout(timeout)
    return connected


def http_get(host, port=80, path="/", timeout=1.0):
    """The body of a page of a machine of the permission `network`."""
    import http.client

    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = connect(host, port, timeout)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        if response.status != 200:
            raise ConnectionError(f"{host}:{port}{path} answered {response.status} {response.reason}")
        return response.read(1024 * 1024)
    finally:
        connection.close()
