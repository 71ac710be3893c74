"""Who lives in the demo? Invented names, by country. Any likeness to a real firm is chance."""

from dataclasses import dataclass

FIRST_NAMES = {
    "fr": (
        "Camille Léa Manon Chloé Inès Jeanne Louise Alice Élodie Sophie Claire Nathalie Hélène Margaux "
        "Aurélie Hugo Louis Arthur Jules Adrien Thomas Nicolas Julien Mathieu Antoine Olivier Benoît "
        "Karim Youssef Thierry"
    ).split(),
    "en": (
        "Emma Grace Olivia Hannah Sarah Laura Rachel Megan Alison Priya Fiona Julia Karen Nina Clara "
        "James Oliver Daniel Matthew Andrew David Simon Peter Mark Liam Ethan Omar Stefan Jan Marco"
    ).split(),
}
LAST_NAMES = {  # "~" stands for a space within a name
    "FR": (
        "Morel Lefèvre Girard Chevalier Perrin Fontaine Rousseau Mercier Blanchard Guérin Boyer Garnier "
        "Faure Lambert Carpentier Renaud Delorme Vasseur Marchand Pichon Besson Tanguy Le~Goff Roussel "
        "Navarro Benali Haddad Diallo"
    ).split(),
    "BE": "Claes Peeters Janssens Dubois Lambert Wouters Goossens Leclercq Maes Dumont".split(),
    "CH": "Favre Rochat Aebischer Keller Meier Bovet Chappuis Zbinden Currat Frei".split(),
    "LU": "Weber Schmit Hoffmann Thill Kieffer Wagner Reuter Muller".split(),
    "GB": "Harrison Bennett Clarke Whitfield Shaw Marsh Patel Hughes Cartwright Doyle Fletcher Rowe".split(),
    "DE": "Brandt Vogel Krüger Lindner Seidel Hartmann Busch Winkler Roth Albrecht".split(),
    "US": "Sullivan Parker Hayes Bishop Coleman Reed Foster Greene Walsh Nguyen".split(),
    "NL": "De~Vries Bakker Visser Smit Mulder Dekker Brouwer Kuiper".split(),
}
PLACES = {
    "FR": (
        "Lyon Nantes Lille Bordeaux Rennes Grenoble Annecy Toulouse Dijon Angers Reims Tours Brest Metz Caen"
    ).split(),
    "BE": "Namur Gand Liège Bruxelles Louvain Mons".split(),
    "CH": "Genève Lausanne Fribourg Neuchâtel Sion".split(),
    "LU": "Luxembourg Esch Differdange".split(),
    "GB": "Leeds Bristol Norwich Exeter York Bath Durham".split(),
    "DE": "Bremen Kassel Ulm Jena Mainz Freiburg".split(),
    "US": "Portland Madison Albany Dayton Boise Savannah".split(),
    "NL": "Utrecht Delft Leiden Breda Zwolle".split(),
}


@dataclass(frozen=True)
class Trade:
    """A line of business: how its firms are called, how much they buy, how often they feel the winter."""

    industry: str
    segment: str
    patterns: tuple[str, ...]  # {name}: a family name; {place}: a town
    typical_major: int  # a usual invoice, in major units


TRADES = {
    "fr": (
        Trade("Hôtellerie", "standard", ("Hôtel {name}", "Les Terrasses de {place}", "Auberge {name}"), 1400),
        Trade("Restauration", "small", ("Brasserie {name}", "La Table de {place}", "Traiteur {name}"), 420),
        Trade("Commerce", "small", ("Librairie {name}", "Maison {name}", "Les Halles de {place}"), 310),
        Trade("Architecture", "standard", ("Atelier {name}", "{name} & Associés", "Agence {name} {place}"), 2300),
        Trade("Industrie", "key", ("Mécanique {place}", "Groupe {name}", "Fonderies de {place}"), 9800),
        Trade("Santé", "standard", ("Clinique {name}", "Centre de soins {place}", "Laboratoires {name}"), 3100),
        Trade("Collectivité", "public", ("Communauté {place} Agglo", "Lycée {name}", "Théâtre de {place}"), 4200),
        Trade("Bureaux", "standard", ("{name} Conseil", "Cabinet {name}", "Espace {place} Coworking"), 980),
        Trade("Logistique", "key", ("Transports {name}", "Entrepôts {place} Sud", "{name} Logistique"), 7600),
    ),
    "en": (
        Trade("Hospitality", "standard", ("The {name} Hotel", "{place} House", "{name} & Daughters Inns"), 1500),
        Trade("Retail", "small", ("{name} Books", "{place} Garden Centre", "{name} & Co"), 380),
        Trade("Architecture", "standard", ("{name} Architects", "Studio {name}", "{name} {place} Partners"), 2500),
        Trade("Manufacturing", "key", ("{place} Precision", "{name} Group", "{name} Engineering"), 11200),
        Trade("Health", "standard", ("{place} Clinic", "{name} Dental", "{name} Laboratories"), 2900),
        Trade("Offices", "standard", ("{name} Consulting", "{place} Workspaces", "{name} & Partners"), 1100),
        Trade("Logistics", "key", ("{name} Freight", "{place} Warehousing", "{name} Shipping"), 8300),
    ),
}
GOODS = {
    "fr": (
        "Suspensions Arcade",
        "Rails et spots",
        "Luminaires extérieurs",
        "Étude d’éclairage",
        "Pose et mise en service",
        "Contrat d’entretien, trimestre",
        "Remplacement de drivers",
        "Appliques Lisière",
    ),
    "en": (
        "Arcade pendants",
        "Track and spotlights",
        "Outdoor luminaires",
        "Lighting design study",
        "Installation and commissioning",
        "Maintenance contract, quarter",
        "Driver replacement",
        "Hedgerow wall lights",
    ),
}
PRIORITIES = {
    "fr": (
        "Veut toutes les factures d’un projet ensemble, avec le numéro de commande.",
        "Paie le 10 et le 25 de chaque mois ; prévenir avant le 8.",
        "Petite équipe : préfère un appel le matin.",
        "Attend le procès-verbal de réception avant de payer une pose.",
    ),
    "en": (
        "Needs the purchase-order number on every invoice.",
        "Pays on the 10th and the 25th; tell them before the 8th.",
        "Small team: prefers a call in the morning.",
        "Wants one statement a month rather than single invoices.",
    ),
}
