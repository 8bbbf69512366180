"""Hand over a year in one zip, and make its notat again from it."""
