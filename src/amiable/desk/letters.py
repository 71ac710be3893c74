"""How is a mail shown as its reader would see it, without letting anything in it run?"""

from django.http import HttpResponse


def letter_response(page: tuple[str, str]) -> HttpResponse:
    """Answer with a mail's page for an iframe: only its own style block applies, and nothing runs, loads or submits.

    `page` is what `outreach.compose.design.for_preview` gives: the HTML, and the hash of its style block.
    """
    html, style_hash = page
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{style_hash}'; img-src data:; "
        "frame-ancestors 'self'; form-action 'none'; sandbox"
    )
    return response
