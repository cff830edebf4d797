"""The carrier's REST interface: the part of it that the product calls, in the carrier's own shapes."""
