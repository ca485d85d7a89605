"""A sensor on the local network, read by HTTP.

The plugin can make no connection itself: the assistant connects it to the one machine that the
household has granted, and to no other.
"""

import json

from entrenous import Plugin, http_get

plugin = Plugin()


@plugin.intent("Outside")
def outside(request):
    host, port = plugin.permissions["network"][0].rsplit(":", 1)
    try:
        degrees = float(json.loads(http_get(host, int(port), "/sensor/temperature"))["value"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{host}:{port}: {error}")
        return request.say(en="The sensor does not answer.", fr="Le capteur ne répond pas.")
    said = f"{degrees:.1f}".removesuffix(".0")
    return request.say(en=f"It is {said} degrees in the garden.", fr=f"Il fait {said.replace('.', ',')} degrés au jardin.")


plugin.run()
