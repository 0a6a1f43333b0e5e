"""Settings of Sphinx; read by `docs/build.py`, which puts all sources in one folder."""

import re
from importlib.metadata import version as version_of

project = "jmml_edu"
author = "The jmml_edu authors"
copyright = "The jmml_edu authors. Code BSD-3-Clause, course text CC BY 4.0"
release = version = version_of("jmml_edu")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
root_doc = "index"
nb_execution_mode = "off"
nb_ipywidgets_js = {
    "npm/requirejs/require.js": {"defer": "defer"},
    "widgets.js": {"defer": "defer"},
}
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = [
    "mystnb.unknown_mime_type",
    "ref.python",  # short names in docstrings, such as `labels`, are the names of many things
]
mathjax_path = "npm/mathjax/es5/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}  # the menu would fetch what is not here

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True  # an attribute is described once, in its class
napoleon_use_rtype = False
napoleon_preprocess_types = False
python_use_unqualified_type_names = True

html_theme = "pydata_sphinx_theme"
html_title = "jmml_edu"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_context = {"default_mode": "auto"}
html_show_search_summary = False  # it would fetch, which a page from disk may not
html_show_sourcelink = False
html_copy_source = False
# Pages that have no others below them have nothing to show beside them.
html_sidebars = {
    name: []
    for name in ("index", "road", "commands", "gallery", "words", "instructor", "responsible",
                 "evidence", "benchmarks", "search", "genindex", "py-modindex")
}  # fmt: skip
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "show_prev_next": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "back_to_top_button": False,
}


def own_references(_app, _what, _name, _found, _options, lines):
    """Let each docstring count its references from 1, though many stand on one page."""
    listed = False
    for number, line in enumerate(lines):
        begins = bool(re.match(r"\.\. \[\d+\] ", line))
        listed = begins or (listed and line.startswith("   "))
        # What carries on stands below what began.
        shown = f"* {line[3:]}" if begins else line[1:] if listed else line
        lines[number] = re.sub(r"\[(\d+)\]_", r"[\1]", shown)


def is_borrowed(_app, _what, name, *_):
    """Tell whether scikit-learn put a method into a class: its own pages describe it."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def setup(app):
    """Count the references after the sections of a docstring were read."""
    app.connect("autodoc-process-docstring", own_references, priority=900)
    app.connect("autodoc-skip-member", is_borrowed)
