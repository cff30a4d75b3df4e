"""The composition root: settings in, use cases out. The only room that knows the adapters.

`opening` connects everything, `wiring` assembles `kawaraban run`, `platforms` lists the adapters and builds those that
are set up, `rendering` turns results into text, `published` reads posts back, `checkup` lists the doctor's checks.
"""
