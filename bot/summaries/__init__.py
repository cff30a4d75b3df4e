"""One text a (paper, language, style), ever: claimed, paid for, checked, kept."""
