"""The hotline: call router, telephony, and the assembly of the product."""
