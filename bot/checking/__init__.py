"""Is a text true to its source? Pure: every module looks for its own kinds of faults, `check` asks them all."""
