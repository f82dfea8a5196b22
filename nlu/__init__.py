"""Understanding and dialogue: Rasa's project data, custom components and the dialogue server.

Importing this package makes rasa importable (`nlu.compat`), before any of its modules imports rasa.
"""

from nlu import compat

compat.install()
