"""The stand-alone verifier: two files that check a dataset with Python's standard library alone, for machines without Khettara."""
