"""Single words that are a place's name and an everyday word too. Pure.

Alone in a longer query they are read as the word: "maison de la paix" asks for no neighbourhood called Paix. As a
whole text, or after one of PREPOSITIONS, they are the place.
"""

PREPOSITIONS = frozenset(
    {"a", "te", "in", "im", "near", "pres", "quartier", "wijk", "bij", "vers", "nach", "bei"}
)

ORDINARY_WORDS = frozenset(
    """
    alle ans appels basiliek basilique beek berg bevel bosnie botanique bracht bras celles champs chasse
    chatelain clavier conscience dam delta duchesse eine ere essen faux gives globe halen helmet hertogin
    heure hoek hour jacht journal kaart kastelein komen kruidtuin laar lava lavoir leest lessen lessive ligne
    lot loyers mal malle marche mark martelaars martyrs mean meer melden membre mere mont naast nouvelles
    observatoire observatorium our pair paix peer pin pont post recht roux salle salles spy squares stal sure
    tailles universite ver vrede werken zuid
    """.split()
)
