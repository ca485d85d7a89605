from entrenous import Plugin

plugin = Plugin()


@plugin.intent("Hello")
def hello(request):
    count = plugin.get("count", 0) + 1
    plugin.set("count", count)
    who = request.slot("who")
    if who:
        return request.say(en=f"Hello, {who}!", fr=f"Bonjour, {who} !")
    return request.say(en=f"Hello, number {count}!", fr=f"Bonjour pour la {count}e fois !")


plugin.run()
