"""What people wrote, read by models: topics of untagged tickets and the sentiment of unrated comments, as estimates.

Nothing in here changes a topic, a score or a metric: an estimate is printed as one, beside its accuracy.
"""
