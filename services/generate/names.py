"""Invented proper names: of houses, people and streets. Pure; none is meant to be a real one.

Syllables rather than a list: ten thousand listings then hold thousands of words that stand in one listing only, as in
a real directory, where a vocabulary of templates would make every search find everything.
"""

from random import Random

_STARTS = (
    "Al Ar Bal Bel Bo Bri Cal Car Cha Clo Co Cor Dal Dau Del Dor El Em Fa Fer Flo Fon Gal Gar Gri Ha Hel Her Is Jo Ka "
    "Lan Lau Le Lim Lo Lu Ma Mar Mel Mo Mon Na Ner No Or Os Pa Per Pla Qui Ra Re Ro Sa Ser Sil So Ta Ter Thi To Tri Ul "
    "Va Ver Vi Vol Wa Wil Yo Ze"
).split()
_MIDDLES = "ba be bi da de di do du fa fi ga gue la le li lo ma me mi mo na ne ni no ra re ri ro sa se si ta te ti va ve vi".split()
_ENDS = (
    "bert belle bois bourg camp court dal din don dine elle en ens et eux fosse gne ghem hem ine lle lot mont nage "
    "nelle nie nière pont que ranne rive rol sart selle son steen tel thal tine val vaux veld ville vin zele"
).split()
_FIRST = (
    "Aline Amadou Anke Ayşe Bart Basile Camille Chantal Dieter Elif Fatima Femke Gilles Hafida Ilse Jeanne Joris Karim "
    "Lieve Louis Lucie Malika Marleen Nadia Noor Odette Pieter Rachid Simone Sofie Thomas Wim Yasmina Yvonne"
).split()


def proper_name(random: Random) -> str:
    """One invented word, such as "Belorine"."""
    middle = "".join(random.choice(_MIDDLES) for _ in range(random.choice((0, 1, 1, 2))))
    return f"{random.choice(_STARTS)}{middle}{random.choice(_ENDS)}"


def person(random: Random) -> str:
    return f"{random.choice(_FIRST)} {proper_name(random)}"


def street(random: Random) -> dict[str, str]:
    """A street of nowhere, in both languages."""
    name = proper_name(random)
    french, dutch = random.choice(
        (
            ("rue {}", "{}straat"),
            ("rue de {}", "{}straat"),
            ("avenue {}", "{}laan"),
            ("place {}", "{}plein"),
            ("chaussée de {}", "{}steenweg"),
            ("quai {}", "{}kaai"),
        )
    )
    return {"fr": french.format(name), "nl": dutch.format(name)}
