"""Words that carry no need: articles, pronouns, politeness. Dropped from a query unless nothing else is left. Pure."""

from .analysis import exact

_FR = """
a ai aie ait alors apres as au aucun aucune aussi autre autres aux avais avait avec avez avoir avons bah beaucoup ben besoin
besoins bien bonjour bonsoir ca car ce ceci cela celle celles celui ces cet cette ceux chaque cherche chercher chez ci comme
comment d dans de dehors depuis des deux devrais doit donc du elle elles en encore est et etait etaient etc ete etes
etre eu euh eux fait faire faut il ils j jamais je juste l la le les leur leurs lui ma mais malgre me meme merci mes
moi moins mon monsieur madame n ne ni non nos notre nous on ont ou oui par parce parfois pas peu peut peux plait plus
plutot pour pourquoi pouvez pouvoir pourrais puis quand que quel quelle quelles quelqu quelque quelques quels qui quoi rien
s sa sans sais sait se ses sera serait si sinon soit sommes son sont sous suis sur svp ta te tellement tes toi ton
tous tout toute toutes tres trop trouver tu un une va vais vers veut veux voici voila vois voit vos votre voudrais
voulez vouloir vous vraiment y
"""
_NL = """
aan al alle allemaal alles als altijd ben bent bij daar dag dan dank dat de deze die dit doe doen door dus een eens en
er even gaan gaat geen goed goedemiddag goedemorgen graag had hallo hang heb hebben hebt heeft heel hem hen het hier hij
hoe hun iemand iets ik in is ja je jij jou jouw jullie kan kon kunnen kunt maar me meer men met mevrouw meneer mij mijn
mogen moet moeten na naar nee niet niets nodig nog nu of om omdat ons onze ook op over pas per s sinds te tegen toch toe tot u
uit uw van vanaf vandaag veel vind vinden voor waar waarom wat we wel wie wij wil wilt willen worden wordt zal ze zeer
zich zij zijn zo zoek zoeken zonder zou zouden 't 's alstublieft aub
"""
_EN = """
a about after again all also am an and any are as at be because been but by can could did do does don't dont for from
get give good had has have he hello her here hi him his how i i'm if in into is it its just like looking me my need no
not now of on or our out please she should so some somebody someone something that thank thanks the their them then
there they this to too up us very want was we were what when where which who why will with would you your
"""
_DE = """
aber alle als also am an auch auf aus bei bin bis bitte brauche da damit danke dann das dass dem den der des die doch
du durch ein eine einem einen einer eines er es fur gibt guten hab habe haben hallo hat hier ich ihr ihre im in ist ja
kann kein keine konnen man mehr mein meine mich mir mit nach nein nicht noch nur oder ob ohne schon sehr sein seine sich
sie sind so suche suchen tag uber um und uns unser vom von vor war was weil wenn wer wie wir wird wo zu zum zur
"""

STOPWORDS: dict[str, frozenset[str]] = {
    language: frozenset(exact(part) for part in text.replace("'", " ").split())
    for language, text in {"fr": _FR, "nl": _NL, "en": _EN, "de": _DE}.items()
}
# A word is dropped whatever the language, but "sans papiers" and its like would turn into their contrary.
KEPT = frozenset(exact(word) for word in ("sans", "zonder", "ohne", "without"))
_ALL = frozenset().union(*STOPWORDS.values()) - KEPT


def is_stopword(word: str) -> bool:
    """Whether a folded word carries no need in the site's languages."""
    return word in _ALL


def content_words(words: list[str]) -> list[str]:
    """The words without stop words; all of them when nothing else is left (a listing may be called "Chez nous")."""
    kept = [word for word in words if not is_stopword(exact(word))]
    return kept or words
