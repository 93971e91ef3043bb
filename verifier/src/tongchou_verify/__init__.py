"""Checks a decision log without its keeper: no database, no network, the standard library and one Ed25519 library."""

__version__ = "0.1.0"
