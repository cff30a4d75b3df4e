"""The composition root: settings in, use cases out. The only room that knows the adapters.

`opening` connects everything, `wiring` puts `kawaraban run` together, `platforms` says which adapters are set up,
`rendering` makes texts of what came out, `checkup` is the doctor's list.
"""
