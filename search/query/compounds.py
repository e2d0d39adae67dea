"""Takes Dutch and German compounds apart, so that "schuld" finds "schuldhulp" and "schuldbemiddeling". Pure.

A word is split only into parts of a list of the field's own words, with at most a linking sound between them: free
splitting would find "eet" in "meeting". The whole word stays beside its parts.
"""

from .analysis import exact, stem
from .remembering import remembered

SHORTEST = 7  # letters of a word worth splitting
LINKS = {"nl": ("", "s", "en", "n", "e"), "de": ("", "s", "es", "n", "en", "er", "e")}

_PARTS_NL = """
    aankoop aanpassing aanvraag achterstal achterstand activiteiten adres adviseur advies afbetaling afname afrekening alarm
    alcohol apotheek arbeid armoede arts asiel assistentie atelier avond baby bad balie bank bed bedeling begeleider
    begeleiding begrafenis beheer beheerder bejaard belasting bemiddelaar bemiddeling beroep beslag bestrijding
    betaling beweging bezoek bibliotheek bijslag bijstand blind bloed boek bon bond boodschappen borst bouw brief brug
    budget bureau buren burger bus buurt cafe centrale centrum cheque comite computer consult contact controle
    coordinatie cultuur cursus dag dagen dak dienst diensten dienstverlening doelgroep dokter dorp dossier douche drank
    drug drugs echtscheiding educatie eenzaam eet eind elektriciteit energie ergo facilitator factuur familie feest
    fiets fonds formulier forfait gas gebit geboorte gebouw gehandicapt geheugen geld gemeente gemeenschap genees gezin
    gezondheid gids griep groep handicap hart herstel hospitaal huis huisarts huisvesting hulp hulpverlening huur
    huurder inburgering inburgerings informatie initiatief inkomen inloop integratie jaar jeugd job jongeren kaart kaas kamer
    kanker kantoor kas keuken kind kinder kinderen kine kinesitherapie kledij kleding kleren kliniek klus koelkast
    kosten koud kraam krediet kring kruidenier les lessen lijn loket loon loonbeslag luister maaltijd maaltijden
    mantelzorg medicatie meldpunt mens mindermobielen middel middag mishandeling mobiel mobiliteit moeder mutualiteit nacht
    netwerk nood ochtend ombuds onderhoud onderneming ondersteuning onderwijs onderzoek ongeval ontbijt onthaal ontmoeting
    oog oor oppas opleiding opname opnamen opvang opvoeding ouder ouderen overleg paar pakket partner pensioen
    personen poets post praktijk praat premie preventie psychiatrie psycholoog punt raad recht rechten regeling rekening
    respijt restaurant revalidatie rolstoel rouw ruil ruimte scheiding school schoonmaak schuld schulden
    screening senioren seniors slaap slachtoffer soep speel spel spoed spraak sociaal sociale steun stoel student
    studenten suiker taal tafel tand tandarts tarief team tehuis telefoon test tewerkstelling thuis toelage toilet
    tolk trein uitkering uitleen uitzetting vaccin vaccinatie val vakantie vereniging verhuis verhuur verlenging verlof verpleeg
    verpleegkundige verpleging verslaafd verslaving verslavings vervoer verwarming verzekering verzorging vlucht voed voeding voedsel
    voet volk volwassenen voorziening vrouw vrouwen vrijwilliger vrijwilligers vriend waarborg wacht wagen wandel was water
    welzijn welzijns werk werker werking werkloosheid wezen wijk winkel winter wonen woning woon zelf zelfmoord zelfhulp
    ziek zieken ziekenfonds ziekenhuis ziekte zorg zorger zorgers zwangerschap
"""
_PARTS_DE = """
    abend alarm alkohol alten alter altenheim amt angehorigen anpassung apotheke arbeit armut arzt ausweis baby bad bank
    bedarf begleitung behandlung behinderten behinderung beihilfe beratung bereitschaft beruf besuch betreuung bett
    bewegung blut brief brust buch budget burger bus cafe dienst dienste drogen dolmetschen ehe einkauf einkommen
    eltern energie erholung ernahrung essen fahrdienst fahrt familie familien fest fonds frauen freizeit freund
    frist fruh fuhrer fursorge garten gebarden geburt geld gemeinde gemeinschaft gericht geriatrie gesundheit gesundheits gewalt
    gruppe gutscheine hauptamt haus haushalt hausarzt haushaltshilfe hausbesuch heim heizung heizkosten herz hilfe
    hospiz information insolvenz integration jugend kammer karte kasse kind kinder kirche klasse kleider kleidung
    klinik kosten kranken krankenhaus krankenkasse krankheit krebs krise kuche kuhlschrank kur kurs laden lage leben lebensmittel
    leistung lohn mahlzeit mahlzeiten markt mediation medikament miet miete mieter mittag mobilitat mutter nachbarschaft nachbarschafts
    nacht not notdienst notfall obdach obdachlosen offen opfer paar paket partner patient patienten pension pflege pfleger
    platz polizei post praxis psychiatrie raum recht rechts rechte regelung reha rente reparatur restaurant rollstuhl
    schein schlaf schuld schulden schuldner schule schutz schwangerschaft schwangerschafts selbsthilfe senioren service sorge
    sozial sozialhilfe sozialamt spende spiel sprache sprach sprechstunde stelle steuer strom studenten sturz sucht suche suizid tafel tag
    tages telefon test therapie transport trauer treff treffpunkt uberschuldung unfall unterkunft unterstutzung
    untersuchung verein verhutung vermittlung versicherung versicherungs versorgung verzeichnis vollmacht vorsorge wache wagen wasch wasche
    wasser weiterbildung wohn wohnung wohnungs zahn zahnarzt zeit zentrum zimmer zuschuss zuzahlung
"""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTS = {"nl": _listed(_PARTS_NL), "de": _listed(_PARTS_DE)}
_STEMS = {
    language: {stem(part, language) for part in parts} | {exact(part) for part in parts}
    for language, parts in PARTS.items()
}


@remembered(100_000)
def parts(word: str, language: str) -> tuple[str, ...]:
    """The parts of a compound as folded words, in order; empty when it is none, or none we know.

    "schuldhulpverlening" → ("schuld", "hulpverlening") or finer; the last part may be inflected.
    """
    if language not in PARTS:
        return ()
    folded = exact(word)
    if len(folded) < SHORTEST:
        return ()
    return _split(folded, language)


def _split(word: str, language: str) -> tuple[str, ...]:
    known = PARTS[language]
    for cut in range(len(word) - 3, 2, -1):  # the longest first part first
        head = word[:cut]
        if head not in known:
            continue
        for link in LINKS[language]:
            rest = word[cut:]
            if not rest.startswith(link):
                continue
            rest = rest[len(link) :]
            if len(rest) < 3:
                continue
            if rest in known or stem(rest, language) in _STEMS[language]:
                return (head, rest)
            deeper = _split(rest, language) if len(rest) >= SHORTEST else ()
            if deeper:
                return (head, *deeper)
    return ()
