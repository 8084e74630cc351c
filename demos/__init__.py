"""Short scripts that each show one thing: ``python -m demos.xor``."""
