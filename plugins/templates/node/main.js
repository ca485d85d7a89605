const { Plugin } = require("entrenous");

const plugin = new Plugin();

plugin.intent("Hello", (request) => {
  const who = request.slots.who ? `, ${request.slots.who}` : "";
  return request.say({ en: `Hello${who}!`, fr: `Bonjour${who} !` });
});

plugin.run();
