"""Optimisation: siting, zoning, rosters, routes. A pure library, without Django."""
