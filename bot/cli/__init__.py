"""The terminal: arguments, help, console, log, and the command `check`."""
