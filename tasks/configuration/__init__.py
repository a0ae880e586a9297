"""`review.yaml`: its model, and how it is read."""
