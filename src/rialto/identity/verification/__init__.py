"""Who people are: what they state, the documents that show it, and the review that decides."""
