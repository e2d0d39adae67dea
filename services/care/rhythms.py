"""How often each kind of organisation is verified when an installation begins; editors change the table afterwards.

The outer limit is a year: the Inform USA (AIRS) standards ask that every record be verified at least once a year. What is
shorter is so because of what goes wrong soonest, as the reason beside each number says.
"""

DEFAULT_DAYS = 365  # kinds that are not named below, and a table without a default

# Code of the kind of organisation → (days, why).
STARTING_RHYTHMS: dict[str, tuple[int, str]] = {
    "food_aid": (90, "days and stock follow the season, volunteers come and go"),
    "social_grocery": (90, "as food aid"),
    "social_restaurant": (90, "as food aid; meals stop in summer"),
    "shelter": (90, "places and ways in change with the winter plan"),
    "citizen_initiative": (90, "leans on a few volunteers"),
    "solidarity_house": (120, "young, its offer still changes"),
    "mental_health_service": (120, "waiting lists open and close"),
    "addiction_service": (120, "waiting lists open and close"),
    "cpas": (180, "counters and hours change with the budget and the summer"),
    "general_practitioner": (180, "practices stop taking patients, doctors retire"),
    "health_centre": (180, "registration opens and closes"),
    "hospital_social_service": (180, "people and direct numbers change"),
    "casg_caw": (180, "drop-in hours change"),
    "family_planning": (180, "drop-in hours change"),
    "debt_mediation": (180, "waiting lists"),
    "home_care": (180, "territory served and capacity change"),
    "home_care_coordination": (180, "territory served and capacity change"),
    "day_centre": (180, "capacity changes"),
    "local_service_centre": (180, "programme of the season"),
    "association": (180, "projects end with their subsidy"),
    "helpline": (180, "a wrong number is the whole service lost"),
    "pharmacy": (365, "stable; duty rotas are kept elsewhere"),
    "hospital": (365, "stable"),
    "health_insurance_fund": (365, "stable, and announces its moves"),
    "municipal_service": (365, "stable, and announces its moves"),
    "regional_service": (365, "stable, and announces its moves"),
    "trade_union": (365, "stable, and announces its moves"),
}
