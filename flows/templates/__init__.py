"""What `service-review init` copies, and how its sample records were made."""
