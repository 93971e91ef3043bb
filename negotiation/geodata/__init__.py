"""Plots drawn in a geographic information system, laid over the room's parcels to become the land terms of a draft."""
