"""The one place that puts the parts together; nobody imports it but the doors.

`application.build(settings)` makes the parts that every process needs and opens no connection. What is heavy,
or belongs to one process alone (pages, webhooks, speech), is made by the method of that door.
"""
