"""Kawaraban's platforms, one package for each; none of them knows another."""
