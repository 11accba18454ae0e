"""A digest as text: templates, escaping, feeds."""
