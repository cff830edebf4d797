"""Review, suppression, bulletin and delivery."""
