"""Understanding and dialogue: Rasa's project data, custom components and the dialogue server.

Everything that imports rasa does so through `nlu.compat`, which must come first.
"""
