"""The bodies of the commands: one module a command, each with `configure` and `execute`.

`configure` adds the command's arguments to its parser; `execute` does the work and returns the
exit code. What only one command needs is imported inside it.
"""
