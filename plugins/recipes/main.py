"""Recipes, one step at a time: a conversation with a memory.

The step is kept, so that "next step" goes on half an hour later, or after a power cut.
"""

from entrenous import Plugin
from steps import RECIPES

plugin = Plugin()

ANSWERS = {
    "en": {
        "next": ["next", "go on", "done", "yes", "next step"],
        "again": ["again", "repeat", "say that again"],
        "back": ["back", "go back", "previous"],
        "stop": ["stop", "enough", "no"],
    },
    "fr": {
        "next": ["suivant", "continue", "c'est fait", "oui", "étape suivante"],
        "again": ["répète", "encore", "encore une fois"],
        "back": ["retour", "reviens", "précédent"],
        "stop": ["arrête", "stop", "ça suffit", "non"],
    },
}


def step(request, name, number):
    """Reads a step and asks how to go on; at the end, wishes a good meal."""
    steps = RECIPES[name][request.language]["steps"]
    if number >= len(steps):
        plugin.set("at", None)
        return request.say(en="That was the last step. Enjoy!", fr="C'était la dernière étape. Bon appétit !")
    plugin.set("at", {"recipe": name, "step": number})
    text = request.say(
        en=f"Step {number + 1} of {len(steps)}: {steps[number]}",
        fr=f"Étape {number + 1} sur {len(steps)} : {steps[number]}",
    )
    return plugin.ask(text, then="step", choices=ANSWERS[request.language], state={"recipe": name, "step": number})


@plugin.intent("Cook")
def cook(request):
    recipe = request.slot("recipe")
    if recipe:
        return step(request, recipe, 0)
    choices = {name: recipe[request.language]["said"] for name, recipe in RECIPES.items()}
    return plugin.ask(
        request.say(en="Which recipe? Pancakes or tomato soup?", fr="Quelle recette ? Crêpes ou soupe à la tomate ?"),
        then="recipe",
        choices=choices,
    )


@plugin.answer("recipe")
def chosen(request):
    return step(request, request.value, 0)


@plugin.answer("step")
def go_on(request):
    name, number = request.state["recipe"], request.state["step"]
    if request.value == "stop":
        return request.say(en="All right, the recipe waits for you.", fr="D'accord, la recette t'attend.")
    move = {"next": 1, "again": 0, "back": -1}[request.value]
    return step(request, name, max(0, number + move))


@plugin.intent("Next")
def following(request):
    at = plugin.get("at")
    if at is None:
        return request.say(en="No recipe has begun.", fr="Aucune recette n'est commencée.")
    return step(request, at["recipe"], at["step"] + 1)


@plugin.intent("Again")
def again(request):
    at = plugin.get("at")
    if at is None:
        return request.say(en="No recipe has begun.", fr="Aucune recette n'est commencée.")
    return step(request, at["recipe"], at["step"])


plugin.run()
