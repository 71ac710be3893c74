"""What does a country tell about a customer?"""

from babel.core import get_global

# Where several zones share a country, the one most of its companies keep.
MAIN_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
}


def time_zone_of(country: str, *, otherwise: str) -> str:
    """Return the IANA time zone to assume for a country (ISO 3166 alpha-2), or `otherwise` where it has several."""
    if country in MAIN_ZONES:
        return MAIN_ZONES[country]
    zones = [zone for zone, territory in get_global("zone_territories").items() if territory == country]
    return zones[0] if len(zones) == 1 else otherwise
