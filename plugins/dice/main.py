"""Dice and coins."""

import random

from entrenous import Plugin

plugin = Plugin()


@plugin.intent("Roll")
def roll(request):
    thrown = [random.randint(1, 6) for _ in range(int(request.slot("dice", 1)))]
    if len(thrown) == 1:
        return request.say(en=f"You rolled a {thrown[0]}.", fr=f"Tu as fait {thrown[0]}.")
    faces = ", ".join(str(face) for face in thrown)
    return request.say(
        en=f"You rolled {faces}. That makes {sum(thrown)}.",
        fr=f"Tu as fait {faces}. Ça fait {sum(thrown)}.",
    )


@plugin.intent("Flip")
def flip(request):
    heads = random.random() < 0.5
    return request.say(en="Heads." if heads else "Tails.", fr="Pile." if heads else "Face.")


plugin.run()
