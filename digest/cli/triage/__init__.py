"""The full-screen program behind `digest triage`.

`cards` says what is shown of a paper, `session` what a key does, `frame` what the screen shows: all
pure. `screen` reads keys and draws with prompt_toolkit, `store` writes marks into the library.
"""
