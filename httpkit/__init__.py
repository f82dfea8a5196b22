"""What every HTTP server of this project needs and none of them owns: strict bodies, errors, tokens, clock,
settings, logs.
"""
