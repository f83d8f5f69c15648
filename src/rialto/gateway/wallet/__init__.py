"""The wallet family of the API, `/sapi`: what is held, what it costs, what is announced.

What moves money or speaks to chains belongs to custody and products; they bring their own routes.
"""
