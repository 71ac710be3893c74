"""WHERE do facts come from? One adapter per format, one registry, import runs and rejected rows."""
