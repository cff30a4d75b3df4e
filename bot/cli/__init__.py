"""The command line: arguments, help, console, logging, and its commands."""
