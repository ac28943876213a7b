"""What keeps people out of a page: what axe finds, and scrolling sideways."""

from __future__ import annotations

import itertools

from axe_playwright_python.sync_playwright import Axe

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def find_barriers(page, path):
    """Look at a page with all of it unfolded, in both colour schemes and at both ends of the widths.

    axe is put into the page from outside, which the page's own policy would rightly refuse: bypass it.
    """
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    found = {}
    for scheme, width in itertools.product(("light", "dark"), (320, 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        results = Axe().run(page)
        if results.violations_count:
            found[path, scheme, width] = results.generate_report()
        if page.evaluate(TOO_WIDE) > 0:
            found[path, scheme, width] = "scrolls sideways"
    return found
