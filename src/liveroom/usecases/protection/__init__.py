"""Protection: of minors, and of people from spending more than they meant to."""
