"""One text for each (paper, language, style), ever: claimed, paid for, checked, kept."""
