"""The recipes. Add yours here, and how they are called in sentences/."""

RECIPES = {
    "pancakes": {
        "en": {
            "said": ["pancakes", "the pancakes"],
            "steps": [
                "Mix 250 grams of flour with four eggs.",
                "Stir in half a litre of milk and a pinch of salt.",
                "Let the batter rest for half an hour.",
                "Bake thin pancakes in a hot buttered pan.",
            ],
        },
        "fr": {
            "said": ["crêpes", "les crêpes"],
            "steps": [
                "Mélangez 250 grammes de farine avec quatre œufs.",
                "Ajoutez un demi-litre de lait et une pincée de sel.",
                "Laissez reposer la pâte une demi-heure.",
                "Faites cuire de fines crêpes dans une poêle chaude et beurrée.",
            ],
        },
    },
    "soup": {
        "en": {
            "said": ["soup", "tomato soup", "the soup"],
            "steps": [
                "Fry a chopped onion in olive oil.",
                "Add a kilo of tomatoes and let them simmer for twenty minutes.",
                "Blend the soup, and season it with salt and basil.",
            ],
        },
        "fr": {
            "said": ["soupe", "la soupe", "soupe à la tomate"],
            "steps": [
                "Faites revenir un oignon haché dans de l'huile d'olive.",
                "Ajoutez un kilo de tomates et laissez mijoter vingt minutes.",
                "Mixez la soupe, puis assaisonnez de sel et de basilic.",
            ],
        },
    },
}
