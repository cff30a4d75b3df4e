"""The composition root: settings in, use cases out. The only room that knows the adapters.

`opening` connects everything, `wiring` puts `kawaraban run` together, `platforms` lists the adapters and says which are
set up, `rendering` makes texts of what came out, `published` reads posts back, `checkup` is the doctor's list.
"""
