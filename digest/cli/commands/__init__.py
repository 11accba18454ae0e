"""The commands: one module each, with `configure` and `execute`.

`configure` adds the command's arguments to its parser; `execute` does the work and returns the exit
code. Imports that only one command needs are inside it.
"""
