"""How Sphinx builds these pages: `make docs`."""

project = "Broadsheet"
author = "The Broadsheet developers"
copyright = "The Broadsheet developers, AGPL-3.0-or-later"  # noqa: A001 — Sphinx reads this name
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Broadsheet"
exclude_patterns = ["_build"]
