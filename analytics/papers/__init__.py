"""Reports as official papers: written by the clock, signed by a person, frozen, delivered."""
