"""The parts of `bot.checking.check`: each looks for its own kinds of faults, is pure, and knows no other."""
