// Plugins for Entrenous in Node, in one file and without dependencies.
//
//     const { Plugin } = require("entrenous");
//     const plugin = new Plugin();
//     plugin.intent("Hello", (request) => request.say({ en: "Hello!", fr: "Bonjour !" }));
//     plugin.run();
//
// A handler returns what to say, a question (`plugin.ask`), nothing, or a promise of these.
// `console.log` goes to the plugin's log. docs/plugins.md is the guide.
"use strict";

const readline = require("node:readline");
const { Console } = require("node:console");

// Standard output belongs to the protocol.
global.console = new Console(process.stderr, process.stderr);

class Request {
  constructor(plugin, params) {
    Object.assign(this, params);
    this.language = params.language ?? plugin.language;
    this.raw = {};
    this.slots = {};
    for (const [name, slot] of Object.entries(params.slots ?? {})) {
      this.slots[name] = slot.value;
      this.raw[name] = slot.raw;
    }
    this.state = params.state?.data;
  }

  // The text of the language that is spoken.
  say(texts) {
    return texts[this.language] ?? texts.en ?? Object.values(texts)[0];
  }
}

class Plugin {
  constructor() {
    this.language = "en";
    this.config = {};
    this.handlers = { intent: {}, continue: {}, scheduled: {}, event: {} };
    this.calls = new Map();
    this.next = 1;
  }

  intent(name, handler) { this.handlers.intent[name] = handler; }
  answer(name, handler) { this.handlers.continue[name] = handler; }
  scheduled(name, handler) { this.handlers.scheduled[name] = handler; }
  event(name, handler) { this.handlers.event[name] = handler; }

  // A question: `choices` is { value: [ways to say it] }; without, yes or no is expected.
  ask(say, then, { choices, state } = {}) {
    const expect = choices
      ? { type: "choice", choices: Object.entries(choices).map(([value, said]) => ({ value, said })) }
      : { type: "yes_no" };
    return { ask: { say, expect, state: { then, data: state } } };
  }

  // Any request of the protocol; a promise of its result.
  call(method, params = {}) {
    const id = this.next++;
    this.send({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => this.calls.set(id, { resolve, reject }));
  }

  async get(key) { return (await this.call("store.get", { key })).value; }
  set(key, value) { return this.call("store.set", { key, value }); }
  say(text) { return this.call("say", { text }); }
  async devices(which = {}) { return (await this.call("home.get", which)).devices; }
  change(name, state) { return this.call("home.set", { name, state }); }

  send(message) { process.stdout.write(JSON.stringify(message) + "\n"); }

  run() {
    const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on("line", (line) => this.receive(JSON.parse(line)));
    lines.on("close", () => process.stdin.destroy());
  }

  async receive(message) {
    const { id, method, params = {} } = message;
    if (method === undefined) {
      const call = this.calls.get(id);
      this.calls.delete(id);
      return message.error ? call?.reject(new Error(message.error.message)) : call?.resolve(message.result);
    }
    if (method === "shutdown") {
      // After what is still being answered; then nothing is left to wait for.
      setImmediate(() => {
        this.send({ jsonrpc: "2.0", id, result: {} });
        process.stdin.destroy();
      });
      return;
    }
    let reply;
    try {
      reply = { jsonrpc: "2.0", id, result: await this.answerTo(method, params) };
    } catch (error) {
      console.error(error);
      reply = { jsonrpc: "2.0", id, error: { code: error.code ?? -32000, message: String(error.message) } };
    }
    if (id !== undefined) this.send(reply);
  }

  async answerTo(method, params) {
    if (method === "initialize") {
      this.language = params.language;
      this.config = params.config;
      this.data = params.data;
      this.permissions = params.permissions;
      return { events: Object.keys(this.handlers.event) };
    }
    if (method === "end_session") return {};
    const key = { intent: params.intent, continue: params.state?.then, scheduled: params.data?.then, event: params.event };
    const handler = this.handlers[method]?.[key[method]];
    if (!handler) throw Object.assign(new Error(`there is no \`${method}\` for this`), { code: -32601 });
    if (method === "event") {
      await handler(params.data ?? {});
      return {};
    }
    const result = (await handler(new Request(this, params))) ?? {};
    return typeof result === "string" ? { say: result } : result;
  }
}

module.exports = { Plugin };
