"""What every adapter may use: requests that leave once, CommonMark, cut texts, short names of emoji."""
