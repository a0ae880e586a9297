"""Northwind Care, an organisation that does not exist: 24 months of its customer service, from one seed."""
