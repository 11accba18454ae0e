"""The full-screen program behind `digest triage`.

`session` says what a key does, `frame` what the screen shows: both are pure. `screen` reads keys
and draws with prompt_toolkit, `store` writes marks into the library.
"""
