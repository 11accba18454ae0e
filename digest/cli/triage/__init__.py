"""The full-screen program behind `digest triage`.

`session` decides what a key does and `frame` what the screen shows; both are pure. `screen` reads
keys and draws with prompt_toolkit; `store` writes marks into the library.
"""
