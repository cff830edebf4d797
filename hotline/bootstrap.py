"""The one place that puts the parts together; nobody imports it but the doors."""
